"""Official papers: list, detail, download, issue, withdraw; and the public verification page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.access.models import Organisation
from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.errors import Refused
from anju.ui.actions import Action, action_view
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, page

from . import policies, queries, services
from .extracts import Extract, provider
from .forms import CodeForm, CompareForm, ExtractForm, WithdrawForm
from .models import Paper
from .rules.numbers import in_fours
from .states import MEDIA_TYPES
from .tables import PaperList

paper_list = list_view(PaperList, permission=perm("documents:paper_view"))


def _paper(actor: Actor, pk: int) -> Paper:
    return get_object_or_404(queries.papers(actor), pk=pk)


@page(permission=perm("documents:paper_view"))
def paper_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One paper: its files with their hashes, its verification code, what may be done."""
    paper = _paper(actor_of(request), pk)
    context = {
        "paper": paper,
        "files": paper.files.order_by("-format"),
        "code": in_fours(paper.verification_code),
        "replaced_by": queries.papers(actor_of(request)).filter(supersedes=paper).first(),
        "may_withdraw": policies.may_withdraw(actor_of(request), paper),
    }
    return render(request, "documents/paper_detail.html", context)


@page(permission=perm("documents:paper_view"))
def paper_download(request: HttpRequest, pk: int, file_format: str) -> HttpResponse:
    """The stored bytes, as they were issued."""
    paper = _paper(actor_of(request), pk)
    file = get_object_or_404(paper.files, format=file_format)
    response = HttpResponse(queries.stored_bytes(file), content_type=MEDIA_TYPES[file.format])
    name = f"{paper.number}.{file.format}"
    response.headers["Content-Disposition"] = _attachment(name, f"paper-{paper.pk}.{file.format}")
    return response


def _attachment(name: str, plain: str) -> str:
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


paper_withdraw = action_view(
    Action(
        title=gettext_lazy("Withdraw the paper"),
        button=gettext_lazy("Withdraw the paper"),
        form=WithdrawForm,
        load=lambda actor, pk: _paper(actor, pk),
        may=policies.may_withdraw,
        explain=lambda paper: (
            _("%(number)s goes out of force. Its file stays; whoever verifies it reads the reason.")
            % {"number": paper.number}
        ),
        run=lambda *, actor, target, data, at: services.paper_withdraw(
            actor=actor, paper=target, reason=data["reason"], at=at
        ),
        after=lambda paper, result: reverse("documents:paper_detail", args=[paper.pk]),
        done=lambda paper, result: _("%(number)s is withdrawn.") % {"number": paper.number},
        crumbs=lambda paper: [
            (_("Official papers"), reverse("documents:paper_list")),
            (paper.number, reverse("documents:paper_detail", args=[paper.pk])),
        ],
        danger=True,
    ),
    permission=perm("documents:paper_withdraw"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An extract that may be issued."""

    provider_name: str
    key: int
    extract: Extract


def _draft(actor: Actor, provider_name: str, key: int) -> _Draft:
    found = provider(provider_name).extract(actor, key, timezone.now())
    return _Draft(provider_name=provider_name, key=key, extract=found)


def _issue(*, actor: Actor, target: _Draft, data: dict[str, Any], at: datetime) -> Paper:
    issuer = Organisation.objects.filter(pk=actor.organisation_id or 0).first()
    if issuer is None:
        raise Refused(_("Papers are issued by an organisation. Choose a post first."))
    return services.extract_issue(
        actor=actor,
        provider_name=target.provider_name,
        key=target.key,
        issuer=issuer,
        language=data["language"],
        at=at,
    )


extract_issue = action_view(
    Action(
        title=gettext_lazy("Issue a register extract"),
        button=gettext_lazy("Issue the extract"),
        form=ExtractForm,
        load=_draft,
        explain=gettext_lazy(
            "The paper states what the register holds now. It gets a number at once, which cannot"
            " be taken back; a mistake is withdrawn with a reason."
        ),
        run=_issue,
        after=lambda draft, paper: reverse("documents:paper_detail", args=[paper.pk]),
        done=lambda draft, paper: _("%(number)s is issued.") % {"number": paper.number},
        crumbs=lambda draft: [
            (_("Official papers"), reverse("documents:paper_list")),
            *([(draft.extract.label, draft.extract.url)] if draft.extract.url else []),
        ],
        template="documents/extract_issue.html",
    ),
    permission=perm("documents:paper_issue"),
)


@page(public=True)
def verify_start(request: HttpRequest) -> HttpResponse:
    """Where a verification code is typed in."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        paper = queries.paper_by_code(form.cleaned_data["code"])
        if paper is not None:
            return redirect("documents:verify", code=paper.verification_code)
        form.add_error("code", _("No paper carries this code. Compare it sign by sign."))
    status = 422 if form.is_bound else 200
    return render(request, "documents/verify_start.html", {"form": form}, status=status)


@page(public=True, methods=("GET", "POST"))
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """What a QR code opens: number, day, issuer, hash and state; and a file is compared."""
    paper = queries.paper_by_code(code)
    if paper is None:
        wrong = CodeForm({"code": code})
        wrong.is_valid()
        wrong.add_error("code", _("No paper carries this code. Compare it sign by sign."))
        return render(request, "documents/verify_start.html", {"form": wrong}, status=404)
    form = CompareForm(request.POST or None, request.FILES or None)
    comparison = None
    if request.method == "POST":
        form = CompareForm(request.POST, request.FILES)
        if form.is_valid():
            comparison = queries.compare(paper, form.cleaned_data["file"].read())
    context = {
        "paper": paper,
        "files": paper.files.all(),
        "code": in_fours(paper.verification_code),
        "form": form,
        "comparison": comparison,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "documents/verify.html", context, status=status)
