"""The pages beside the steps."""
