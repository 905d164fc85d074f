"""Pages of places and days."""
