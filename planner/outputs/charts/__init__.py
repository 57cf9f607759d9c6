"""Charts as specifications, with their words and their tables."""
