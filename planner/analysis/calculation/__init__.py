"""The little language of formulas, and the registers of inputs and measures."""
