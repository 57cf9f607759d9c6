"""Saved plans. So far they are files; no sums and no screens."""
