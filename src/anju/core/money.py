"""Money is integer fen. Nothing here rounds without saying so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from .errors import InvalidInput

_YUAN = re.compile(r"^([+-]?)(\d{1,13})(?:\.(\d{1,2}))?$")


def fen_from_yuan(text: str, *, field: str = "amount") -> int:
    """Fen of a written amount in yuan, e.g. ``"1,234.5"`` → 123450.

    Raises:
        InvalidInput: not a number, or finer than a fen.
    """
    match = _YUAN.match(text.strip().replace(",", "").replace("，", ""))
    if not match:
        raise InvalidInput({field: [_("Write an amount in yuan with at most two decimals.")]})
    sign, whole, cents = match.groups()
    fen = int(whole) * 100 + int((cents or "0").ljust(2, "0"))
    return -fen if sign == "-" else fen


def yuan(fen: int) -> str:
    """Written amount in yuan e.g. 788132 → ``"7,881.32"``; minus is U+2212."""
    sign = "−" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}"


def share_exactly(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` by integer weights so that the parts sum exactly (largest remainder).

    Ties go to the earlier part. Zero weights get nothing.

    Raises:
        ValueError: a negative weight or total, or all weights zero while total is not.
    """
    whole = sum(weights)
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("total and weights must not be negative")
    if whole == 0:
        if total:
            raise ValueError("nothing to share by")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    rest = total - sum(parts)
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in order[:rest]:
        parts[index] += 1
    return parts
