"""Files people give us: the registry of formats, and what reads each."""
