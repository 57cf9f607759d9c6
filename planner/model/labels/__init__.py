"""The words of every field of a plan."""
