"""To-dos of the desk, and notices on show with their objections."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.core.errors import InvalidInput
from anju.core.time import legal_day
from anju.ui.pages import actor_of, page

from . import policies, queries, services
from .forms import AnswerForm, ObjectionForm, WithdrawForm
from .kinds import KINDS
from .models import Objection, Publicity
from .rules import publicity_days_left


@page(signed_in=True)
def task_list(request: HttpRequest) -> HttpResponse:
    """All to-dos of the post, cut by deadline."""
    now = timezone.now()
    actor = actor_of(request)
    groups = queries.todo_groups(actor, at=now)
    context = {
        "groups": groups,
        "sentence": queries.todo_sentence(groups),
        "shown": sum(len(group.tasks) for group in groups),
        "total": queries.todo_count(actor),
    }
    return render(request, "flow/task_list.html", context)


@page(public=True)
def publicity_list(request: HttpRequest) -> HttpResponse:
    """Notices on show now, or those whose show has ended."""
    today = legal_day(timezone.now())
    past = request.GET.get("show") == "past"
    notices = (
        queries.publicity_past(actor_of(request), today=today)
        if past
        else queries.publicity_on_show(actor_of(request), today=today)
    )
    paginator = Paginator(notices, 20)
    shown = paginator.get_page(request.GET.get("page"))
    for notice in shown:
        notice.days_left = publicity_days_left(ends_on=notice.ends_on, today=today)
        notice.kind_label = getattr(KINDS.get(notice.kind), "label", notice.kind)
    return render(
        request,
        "flow/publicity_list.html",
        {"notices": shown, "total": paginator.count, "past": past},
    )


@page(public=True, methods=("GET", "POST"))
def publicity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: its frozen content, its hash, objections, and what may be done now."""
    publicity = get_object_or_404(Publicity.objects.select_related("organiser", "area"), pk=pk)
    actor = actor_of(request)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.objection_raise(
                actor=actor, at=timezone.now(), publicity=publicity, **form.cleaned_data
            )
        except InvalidInput as error:
            for name, sentences in error.errors.items():
                for sentence in sentences:
                    form.add_error(name if name in form.fields else None, str(sentence))
        else:
            messages.success(request, _("Your objection was received. The organiser answers it."))
            return redirect("flow:publicity_detail", pk=publicity.pk)
    kind = KINDS.get(publicity.kind)
    today = legal_day(timezone.now())
    may_object = policies.may_object(actor, publicity, today=today)
    objections = list(queries.objections_shown(actor, publicity=publicity))
    for objection in objections:
        objection.may_answer = bool(policies.may_answer(actor, objection))  # type: ignore[attr-defined]
    return render(
        request,
        "flow/publicity_detail.html",
        {
            "publicity": publicity,
            "kind_label": kind.label if kind else publicity.kind,
            "basis": kind.basis if kind else "",
            "content_unchanged": services.snapshot_hash(publicity.rows) == publicity.rows_sha256,
            "days_left": publicity_days_left(ends_on=publicity.ends_on, today=today),
            "objections": objections,
            "objection_count": publicity.objections.count(),
            "form": form,
            "may_object": may_object,
            "why_not": getattr(may_object, "reason", ""),
            "may_withdraw": policies.may_withdraw(actor, publicity),
        },
        status=422 if form.is_bound and not form.is_valid() else 200,
    )


@page(permission=policies.WITHDRAW, methods=("GET", "POST"))
def publicity_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a notice down, with a reason."""
    publicity = get_object_or_404(Publicity.objects.visible_to(actor_of(request)), pk=pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.publicity_withdraw(
            actor=actor_of(request), at=timezone.now(), publicity=publicity, **form.cleaned_data
        )
        messages.success(request, _("Withdrawn. The notice keeps its title and the reason."))
        return redirect("flow:publicity_detail", pk=publicity.pk)
    policies.may_withdraw(actor_of(request), publicity).require()
    return render(request, "flow/publicity_withdraw.html", {"publicity": publicity, "form": form})


@page(permission=policies.ANSWER, methods=("GET", "POST"))
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one objection."""
    objections = Objection.objects.visible_to(actor_of(request)).select_related("publicity")
    objection = get_object_or_404(objections, pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.objection_answer(
            actor=actor_of(request), at=timezone.now(), objection=objection, **form.cleaned_data
        )
        messages.success(request, _("Answered. The person who objected can read it now."))
        return redirect("flow:publicity_detail", pk=objection.publicity_id)
    policies.may_answer(actor_of(request), objection).require()
    return render(request, "flow/objection_answer.html", {"objection": objection, "form": form})
