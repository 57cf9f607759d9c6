"""Everything worked out from one plan, its projections and its provenance."""
