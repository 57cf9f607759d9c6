"""Need, prescribing, inequality and places."""
