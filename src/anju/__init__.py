"""Anju (安居): open platform for the supervision and service of residential property management."""

__version__ = "0.1.0"
