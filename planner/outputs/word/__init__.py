"""Word documents from templates."""
