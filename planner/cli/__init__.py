"""The planner without a screen."""
