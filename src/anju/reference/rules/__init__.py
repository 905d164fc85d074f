"""Pure rules of places and days."""
