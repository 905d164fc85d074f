"""Conditions of lists of places."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from .models import Division
from .states import DivisionLevel


class DivisionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name, pinyin or code"), method="by_words")
    level = django_filters.ChoiceFilter(
        label=_("Level"), choices=DivisionLevel.choices, empty_label=_("All")
    )
    on = django_filters.DateFilter(label=_("As of"), method="by_day")

    class Meta:
        model = Division
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Division], name: str, value: str) -> QuerySet[Division]:
        return rows.named(value)  # type: ignore[attr-defined]

    def by_day(self, rows: QuerySet[Division], name: str, value: object) -> QuerySet[Division]:
        return rows.filter(valid__contains=value)
