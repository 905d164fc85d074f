"""Where the values of a row came from, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

from ..models import FieldProvenance


@dataclass(frozen=True, slots=True)
class Origin:
    """The latest source of one field: who wrote it, what it wrote, and as of which day."""

    source: str
    value: Any
    as_of: date


def origins(target: models.Model, at: datetime | None = None) -> dict[str, Origin]:
    """Field → its latest origin; ``at`` leaves out what the register did not know then."""
    rows = FieldProvenance.objects.filter(
        target_type=target._meta.label_lower, target_id=target.pk
    ).order_by("as_of", "pk")
    if at is not None:
        rows = rows.filter(created_at__lte=at)
    found: dict[str, Origin] = {}
    for row in rows:
        for field, value in row.values.items():
            found[field] = Origin(row.source, value, row.as_of)
    return found
