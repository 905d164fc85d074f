"""Floor area is integer dm² (0.01 m²)."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from .errors import InvalidInput

_M2 = re.compile(r"^(\d{1,10})(?:\.(\d{1,2}))?$")


def dm2_from_m2(text: str, *, field: str = "area") -> int:
    """Area in dm² of a written number of m², e.g. ``"89.5"`` → 8950.

    Raises:
        InvalidInput: not a number, or finer than 0.01 m².
    """
    match = _M2.match(text.strip().replace(",", ""))
    if not match:
        raise InvalidInput({field: [_("Write an area in m² with at most two decimals.")]})
    whole, part = match.groups()
    return int(whole) * 100 + int((part or "0").ljust(2, "0"))


def m2(dm2: int) -> str:
    """Written area in m² with two decimals, e.g. 8950 → ``"89.50"``."""
    whole, part = divmod(dm2, 100)
    return f"{whole:,}.{part:02d}"
