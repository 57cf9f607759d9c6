"""Plans saved: as files, and in a database with every version."""
