"""The parts that an outline may name, by subject."""
