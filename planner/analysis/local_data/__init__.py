"""What a local file would change in a plan."""
