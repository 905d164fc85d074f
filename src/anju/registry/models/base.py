"""What the tables of the register share: today in SQL, dated rows, place indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable


class Today(Func):
    """The legal day of the statement: the session's time zone is Asia/Shanghai."""

    template = "CURRENT_DATE"
    output_field = models.DateField()


def sort_field() -> models.CharField:
    """A stored pinyin key (``core.text.sort_key``), compared byte by byte."""
    return models.CharField(max_length=320, editable=False, db_collation="C", default="")


def place_indexes(table: str, *columns: str) -> list[models.Index]:
    """List indexes that begin with each level of the place."""
    return [
        models.Index(fields=[level, *columns], name=f"{table}_{short}")
        for level, short in (
            ("district", "dist"),
            ("subdistrict", "subd"),
            ("committee", "comm"),
        )
    ]


def one_at_a_time(
    name: str, keys: list[tuple[str | Combinable, str]], sentence: object
) -> ExclusionConstraint:
    """No two rows with equal keys and overlapping ``period``."""
    return ExclusionConstraint(
        name=name,
        expressions=[*keys, ("period", RangeOperators.OVERLAPS)],
        violation_error_message=sentence,  # type: ignore[arg-type]
    )


class DatedModel(models.Model):
    """A row that is true from day to day (valid time, the last day not included)."""

    period = DateRangeField(_("period"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class DatedQuerySet(models.QuerySet):
    def on(self, day: object) -> DatedQuerySet:
        """Rows true on a legal day."""
        return self.filter(period__contains=day)

    def today(self) -> DatedQuerySet:
        """Rows true today."""
        return self.filter(period__contains=Today())


__all__ = ["DatedModel", "DatedQuerySet", "F", "Today", "one_at_a_time", "place_indexes"]
