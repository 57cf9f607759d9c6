"""What leaves the planner: charts and Word documents. Nothing is worked out here."""
