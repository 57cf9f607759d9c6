"""What files of local data say of a board, and what they would change in its plan."""
