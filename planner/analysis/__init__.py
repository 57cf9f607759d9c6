"""Sums: pure functions, models in and models out."""
