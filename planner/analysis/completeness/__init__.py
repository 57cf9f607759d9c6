"""What is missing, what is signed off, and the provider selection route."""
