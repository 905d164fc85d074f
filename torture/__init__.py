"""Kills, tampers and simulated years: what takes too long for every change."""
