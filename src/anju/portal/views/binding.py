"""Binding one's own home step by step, inviting a tenant, and ending that.

The pages of the steps need no script: search, building, number, name and identity number, code.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anju.access import codes
from anju.access.forms import CodeForm
from anju.access.models import User
from anju.access.permissions import perm
from anju.access.views.entry import address_of
from anju.access.views.signing import wrong_code
from anju.core.errors import AnjuError, Refused
from anju.core.text import clean
from anju.core.time import legal_day
from anju.registry import services
from anju.registry.models import Building, Community, HomeBinding, Person, TenantInvitation, Unit
from anju.registry.policies import may_end_binding, may_invite_tenant
from anju.registry.queries import search_public
from anju.registry.queries.own import ADDRESS, homes_to_bind, invitations_for
from anju.registry.services.bindings import NO_MATCH, code_phone
from anju.registry.states import EntryKind
from anju.ui.pages import actor_of, form_refuses, form_status, page

from ..forms import EndForm, IdentityForm, InviteForm

SELF = perm("registry:binding_self")
CLAIM_KEY = "anju_claim"  # what was matched, until the code is given
CLAIM_SECONDS = 600
DAY = 24 * 3600
TRIES_A_DAY = 12  # of one account
UNIT_TRIES_A_DAY = 20  # at one home, from whichever account
NUMBERS_SHOWN = 60
FOUND_SHOWN = 20


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _user(request: HttpRequest) -> User:
    return User.objects.get(pk=actor_of(request).user_id)


def _home(unit: int) -> Unit:
    """A home in use. That it exists is no secret; who owns it is."""
    rows = Unit.objects.active().select_related(
        "community", "building", "stairwell", "committee", "subdistrict"
    )
    return get_object_or_404(rows, pk=unit if unit < 2**63 else 0)


@page(permission=SELF)
def bind_find(request: HttpRequest) -> HttpResponse:
    """First step: community, then building, then number."""
    text = clean(request.GET.get("q", ""))[:60]
    words = clean(request.GET.get("number", ""))[:20]
    community = (
        Community.objects.published()
        .filter(pk=_number(request.GET.get("community", "")) or 0)
        .select_related("district", "subdistrict")
        .first()
    )
    building = (
        Building.objects.filter(pk=_number(request.GET.get("building", "")) or 0, state="active")
        .select_related("community")
        .first()
    )
    context: dict[str, Any] = {"text": text, "words": words, "shell_query": ""}
    if building is not None:
        context |= {"building": building, "community": building.community}
        context["shown"] = Paginator(
            homes_to_bind(building_id=building.pk, words=words), NUMBERS_SHOWN
        ).get_page(request.GET.get("page", "1")[:9])
    elif community is not None:
        buildings = Building.objects.filter(community=community, state="active")
        context |= {
            "community": community,
            "buildings": buildings.order_by("sort_key", "pk")[:400],
        }
    elif text:
        hits = [
            hit.id
            for group in search_public(text, limit=FOUND_SHOWN)
            if EntryKind(group.kind) is EntryKind.COMMUNITY
            for hit in group.hits
        ]
        rows = Community.objects.published().filter(pk__in=hits)
        context["communities"] = rows.select_related("district", "subdistrict").order_by("sort_key")
    return render(request, "portal/bind_find.html", context)


@page(permission=SELF, methods=("GET", "POST"))
def bind_home(request: HttpRequest, unit: int) -> HttpResponse:
    """Second step: full name and identity number, matched with the register."""
    home = _home(unit)
    form = IdentityForm(request.POST if request.method == "POST" else None)
    refused = False
    if request.method == "POST" and form.is_valid():
        try:
            return _claim(request, home, form.cleaned_data)
        except AnjuError as error:
            form_refuses(form, error)
            refused = str(error) == str(NO_MATCH)
    context = {"home": home, "form": form, "refused": refused}
    return render(request, "portal/bind_home.html", context, status=form_status(form))


def _claim(request: HttpRequest, home: Unit, data: dict[str, Any]) -> HttpResponse:
    """Match, and send a code to the phone that the register holds.

    Every kind of mismatch is one refusal; tries are counted before anything is compared.
    """
    user, address = _user(request), address_of(request)
    codes.attempt_require("bind", f"#{user.pk}", address=address)
    for what, whom, limit in (
        ("bind-day", f"#{user.pk}", TRIES_A_DAY),
        ("bind-home", f"#{home.pk}", UNIT_TRIES_A_DAY),
    ):
        if codes.take(what, whom, limit=limit, seconds=DAY) < 0:
            raise Refused(_("Too many attempts today. Come to the counter, or try tomorrow."))
    at = timezone.now()
    spell = services.home_claim(
        actor=actor_of(request),
        user=user,
        unit=home,
        name=data["full_name"],
        id_number=data["id_number"],
        id_kind=data["id_kind"],
        at=at,
    )
    if spell is None or spell.person is None:
        raise Refused(NO_MATCH)
    _send(request, user, home, spell.person)
    request.session[CLAIM_KEY] = [home.pk, spell.person_id, int(at.timestamp())]
    return redirect("portal:bind_code", unit=home.pk)


def _purpose(user: User, home: Unit) -> str:
    return f"bind-{user.pk}-{home.pk}"


def _send(request: HttpRequest, user: User, home: Unit, person: Person) -> None:
    codes.code_send(
        code_phone(person),
        purpose=_purpose(user, home),
        address=address_of(request),
        language=get_language() or "",
        template="registry.binding_code",
    )


@page(permission=SELF, methods=("GET", "POST"))
def bind_code(request: HttpRequest, unit: int) -> HttpResponse:
    """Third step: the code that went to the register's phone."""
    home, user = _home(unit), _user(request)
    claim = request.session.get(CLAIM_KEY) or [0, 0, 0]
    person = Person.objects.filter(pk=claim[1]).first()
    fresh = timezone.now().timestamp() - claim[2] <= CLAIM_SECONDS
    if claim[0] != home.pk or person is None or not fresh:
        return redirect("portal:bind_home", unit=home.pk)
    again = request.method == "POST" and "send" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not again else None)
    sent = False
    try:
        if again:
            _send(request, user, home, person)
            sent = True
        elif form.is_valid():
            tries = codes.code_check(
                code_phone(person), form.cleaned_data["code"], purpose=_purpose(user, home)
            )
            if tries < 0:
                return _bound(request, user, home, person)
            form.add_error("code", wrong_code(tries))
    except AnjuError as error:
        form = CodeForm({"code": ""})
        form.errors.clear()
        form.add_error(None, str(error))
    context = {"home": home, "form": form, "mask": person.phone_mask, "sent": sent}
    return render(request, "portal/bind_code.html", context, status=form_status(form))


def _bound(request: HttpRequest, user: User, home: Unit, person: Person) -> HttpResponse:
    at = timezone.now()
    request.session.pop(CLAIM_KEY, None)
    services.home_bind_match(
        actor=actor_of(request), user=user, unit=home, person=person, proved_at=at, at=at
    )
    codes.attempt_forget("bind", f"#{user.pk}")
    messages.success(
        request, _("%(home)s is bound to your account.") % {"home": home.address_words}
    )
    return HttpResponseRedirect(reverse("portal:my_home"), status=303)


@page(permission=SELF, methods=("GET", "POST"))
def binding_end(request: HttpRequest, binding: int) -> HttpResponse:
    """End the binding of one's own account, or of a tenant of one's home."""
    actor = actor_of(request)
    row = (
        HomeBinding.objects.active()
        .select_related("person", *ADDRESS)
        .filter(pk=binding if binding < 2**63 else 0)
        .first()
    )
    if row is None or not may_end_binding(actor, row):
        raise Http404
    own = row.user_id == actor.user_id
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.home_unbind(
                actor=actor, binding=row, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            messages.success(request, _("The binding has ended."))
            return HttpResponseRedirect(reverse("portal:my_home"), status=303)
    context = {"binding": row, "own": own, "form": form}
    return render(request, "portal/binding_end.html", context, status=form_status(form))


@page(permission=SELF, methods=("GET", "POST"))
def tenant_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite a tenant of one's home, by name and phone, for a period."""
    actor = actor_of(request)
    rows = HomeBinding.objects.visible_to(actor).active().select_related("user", *ADDRESS)
    binding = get_object_or_404(rows, pk=pk)
    may_invite_tenant(actor, binding).require()
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.tenant_invite(
                actor=actor, binding=binding, at=timezone.now(), **form.cleaned_data
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            messages.success(
                request,
                _("The tenant is invited and stands here once the invitation is accepted."),
            )
            return HttpResponseRedirect(reverse("portal:my_home"), status=303)
    context = {"binding": binding, "form": form}
    return render(request, "portal/tenant_invite.html", context, status=form_status(form))


@page(permission=SELF, methods=("POST",))
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    actor = actor_of(request)
    invitation = get_object_or_404(
        TenantInvitation.objects.visible_to(actor).select_related("binding"), pk=pk
    )
    services.invitation_withdraw(actor=actor, invitation=invitation, at=timezone.now())
    messages.success(request, _("The invitation is withdrawn."))
    return HttpResponseRedirect(reverse("portal:my_home"), status=303)


@page(permission=SELF, methods=("GET", "POST"))
def invitation_accept(request: HttpRequest, invitation: int) -> HttpResponse:
    """Accept an invitation to one's own phone, with name and identity number."""
    user = _user(request)
    rows = invitations_for(user, today=legal_day(timezone.now()))
    row = get_object_or_404(rows, pk=invitation if invitation < 2**63 else 0)
    form = IdentityForm(request.POST if request.method == "POST" else None)
    refused = False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            codes.attempt_require("bind", f"#{user.pk}", address=address_of(request))
            services.invitation_accept(
                actor=actor_of(request),
                user=user,
                invitation=row,
                name=data["full_name"],
                id_number=data["id_number"],
                id_kind=data["id_kind"],
                at=timezone.now(),
            )
        except AnjuError as error:
            form_refuses(form, error)
            refused = str(error) == str(NO_MATCH)
        else:
            codes.attempt_forget("bind", f"#{user.pk}")
            messages.success(
                request, _("%(home)s is bound to your account.") % {"home": row.unit.address_words}
            )
            return HttpResponseRedirect(reverse("portal:my_home"), status=303)
    context = {"invitation": row, "home": row.unit, "form": form, "refused": refused}
    return render(request, "portal/invitation.html", context, status=form_status(form))
