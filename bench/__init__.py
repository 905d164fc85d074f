"""Measurements against stated limits."""
