"""Conditions of the list of papers."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.core.text import clean

from .models import Paper, PaperKind
from .rules.numbers import code_read
from .states import PaperState


class PaperFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, title or code"), method="by_words")
    kind = django_filters.ModelChoiceFilter(
        label=_("Kind"), queryset=PaperKind.objects.order_by("name"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=PaperState.choices, empty_label=_("All")
    )
    year = django_filters.NumberFilter(label=_("Year"), min_value=1949, max_value=9999)

    class Meta:
        model = Paper
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Paper], name: str, value: str) -> QuerySet[Paper]:
        words = clean(value)
        found = Q(number__icontains=words) | Q(title__icontains=words)
        found |= Q(subject_label__icontains=words)
        return rows.filter(found | Q(verification_code=code_read(words) or "-"))
