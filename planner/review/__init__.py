"""An existing specification, from the Word file to the report."""
