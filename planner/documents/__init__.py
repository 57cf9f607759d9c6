"""What each document says."""
