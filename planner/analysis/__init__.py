"""The sums: pure functions from models to models, with no files, screens or tables of their own."""
