"""The list of jobs."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from procrastinate.contrib.django.models import ProcrastinateJob

from anju.core.actors import Actor
from anju.ui.lists import Column, ListPage

from .queries import jobs_visible_to, last_failures
from .states import JobState


class JobFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=JobState.choices, label=_("State"))
    task = django_filters.CharFilter(
        field_name="task_name", lookup_expr="icontains", label=_("Kind of job")
    )
    queue = django_filters.CharFilter(field_name="queue_name", label=_("Queue"))

    class Meta:
        model = ProcrastinateJob
        fields: tuple[str, ...] = ()


class JobList(ListPage):
    """Background work."""

    name = "jobs.jobs"
    title = _("Jobs")
    counted = ngettext_lazy("%(n)s job", "%(n)s jobs", "n")
    filterset = JobFilter
    row_template = "jobs/job_rows.html"
    default_sort = "-number"
    empty = _("No job yet.")
    columns = (
        Column(name="number", label=_("Number"), sort="id", value="pk", fixed=True),
        Column(name="task", label=_("Kind of job"), sort="task_name", value="task_name"),
        Column(
            name="queue", label=_("Queue"), sort="queue_name", value="queue_name", optional=True
        ),
        Column(name="attempts", label=_("Tries"), sort="attempts", value="attempts", num=True),
        Column(name="error", label=_("Last error"), value=lambda row: "", optional=True),
        Column(name="state", label=_("State"), sort="status", value="status"),
    )

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        return jobs_visible_to(actor)

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        errors = last_failures([row.pk for row in rows])
        for row in rows:
            row.href = reverse("jobs:job_detail", args=[row.pk])
            row.error = errors.get(row.pk, "")
            row.state = JobState(row.status)
