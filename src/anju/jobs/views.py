"""Pages of background work, for operators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.access.permissions import perm
from anju.core.time import SHANGHAI
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, page

from . import policies, queries, services
from .states import EVENTS, JobState
from .tables import JobList

job_list = list_view(JobList, permission=perm("jobs:job_view"))


@page(permission=perm("jobs:job_view"))
def overview(request: HttpRequest) -> HttpResponse:
    """Depth, running, failures, stalled, workers, the clock's jobs and the last day's work."""
    at = timezone.now()
    queues = queries.queues()
    hours = queries.throughput(at)
    periodic = [
        (one, JobState(one.last_status) if one.last_status else None)
        for one in queries.periodic(at)
    ]
    done, failed = sum(hour[1] for hour in hours), sum(hour[2] for hour in hours)
    workers = queries.workers(at)
    context = {
        "queues": queues,
        "waiting": sum(queue.waiting for queue in queues),
        "running": sum(queue.running for queue in queues),
        "failed": sum(queue.failed for queue in queues),
        "stalled": queries.stalled_count(at),
        "workers": workers,
        "alive": sum(worker[2] for worker in workers),
        "periodic": periodic,
        "hours": hours,
        "chart_label": _("In 24 hours %(done)s jobs were done and %(failed)s tries failed.")
        % {"done": done, "failed": failed},
        "chart": {
            "kind": "bar",
            "x": [hour[0].astimezone(SHANGHAI).strftime("%H:00") for hour in hours],
            "series": [
                {"name": _("Carried out"), "data": [hour[1] for hour in hours]},
                {"name": _("Failed tries"), "data": [hour[2] for hour in hours]},
            ],
            "digits": 0,
            "min": 0,
        },
    }
    return render(request, "jobs/overview.html", context)


@page(permission=perm("jobs:job_view"))
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: its story, why it failed, and what can be done."""
    actor = actor_of(request)
    job = get_object_or_404(queries.jobs_visible_to(actor), pk=pk)
    events, failures = queries.job_story(job.pk)
    context = {
        "job": job,
        "state": JobState(job.status),
        "events": [(EVENTS.get(name, name), at) for name, at in events],
        "failures": failures,
        "may_retry": policies.may_retry(actor, job.status),
        "may_cancel": policies.may_cancel(actor, job.status),
    }
    return render(request, "jobs/job_detail.html", context)


@page(permission=perm("jobs:job_change"), methods=("POST",))
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a failed job back in the queue."""
    services.job_retry(actor=actor_of(request), job_id=pk, at=timezone.now())
    messages.success(request, _("The job waits in the queue again."))
    return HttpResponseRedirect(reverse("jobs:job_detail", args=[pk]))


@page(permission=perm("jobs:job_change"), methods=("POST",))
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a job that has not begun."""
    services.job_cancel(actor=actor_of(request), job_id=pk, at=timezone.now())
    messages.success(request, _("The job is cancelled."))
    return HttpResponseRedirect(reverse("jobs:job_detail", args=[pk]))
