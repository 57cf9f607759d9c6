"""Intervals, control limits and rates of groups."""
