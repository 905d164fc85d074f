"""Kinds of sheets the register takes, one module a noun."""

from __future__ import annotations

from . import areas, communities, companies, homes, owners
from .work import Bring

BRINGS: dict[str, Bring] = {
    "units": homes.BRING,
    "communities": communities.BRING,
    "owners": owners.BRING,
    "companies": companies.BRING,
    "areas": areas.BRING,
}

__all__ = ["BRINGS", "Bring"]
