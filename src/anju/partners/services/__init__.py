"""Writes of partners: reports, repeated calls, endpoints, events and their deliveries."""
