"""Organisations, accounts, posts, roles, elevations and partner keys."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.core.actors import Actor
from anju.core.errors import NotFound
from anju.core.time import day_end, legal_day
from anju.ui.actions import Action, action_view
from anju.ui.lists import list_view
from anju.ui.pages import actor_of, page

from .. import policies
from ..forms import (
    AccountForm,
    ElevationForm,
    KeyForm,
    OrganisationChangeForm,
    OrganisationCreateForm,
    PostEndForm,
    PostForm,
    ReasonForm,
)
from ..models import ApiKey, Elevation, Organisation, Post, User
from ..roles import role_rows
from ..services import accounts, elevations, keys, organisations, posts
from ..tables import AccountList, ElevationList, KeyList, OrganisationList

organisation_list = list_view(OrganisationList, permission=policies.ORGANISATION_VIEW)
account_list = list_view(AccountList, permission=policies.ACCOUNT_VIEW)
elevation_list = list_view(ElevationList, permission=policies.ELEVATION_VIEW)
key_list = list_view(KeyList, permission=policies.KEY_ISSUE)


def _one(queryset: Any, pk: int) -> Any:
    found = queryset.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return found


def _organisation(actor: Actor, pk: int) -> Organisation:
    return _one(Organisation.objects.visible_to(actor), pk)  # type: ignore[no-any-return]


def _user(actor: Actor, pk: int) -> User:
    return _one(User.objects.visible_to(actor), pk)  # type: ignore[no-any-return]


@page(permission=policies.ORGANISATION_VIEW)
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """One organisation and who works there."""
    actor = actor_of(request)
    row = get_object_or_404(
        Organisation.objects.visible_to(actor).select_related("area", "parent"), pk=pk
    )
    context = {
        "organisation": row,
        "posts": Post.objects.visible_to(actor)
        .filter(organisation=row)
        .valid_on(legal_day(timezone.now()))
        .select_related("user", "area")[:100],
        "branches": row.branches.all()[:100],
        "may_change": actor.can(policies.ORGANISATION_CHANGE),
    }
    return render(request, "access/organisation.html", context)


@page(permission=policies.ACCOUNT_VIEW)
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its posts, past ones too, and what may be done with it."""
    actor = actor_of(request)
    row = get_object_or_404(User.objects.visible_to(actor), pk=pk)
    today = legal_day(timezone.now())
    held = list(
        Post.objects.visible_to(actor)
        .filter(user=row)
        .select_related("organisation", "area", "granted_by")
        .order_by("-valid_from")
    )
    for post in held:
        post.over = post.valid_to is not None and post.valid_to <= today  # type: ignore[attr-defined]
        post.may_end = not post.over and bool(policies.may_end_post(actor, post))  # type: ignore[attr-defined]
    context = {
        "account": row,
        "posts": held,
        "may_lock": bool(policies.may_lock_account(actor, row)),
        "may_invite": actor.can(policies.ACCOUNT_CREATE)
        and row.is_active
        and not row.has_usable_password(),
        "may_grant": (actor.can(policies.POST_GRANT) or actor.can(policies.APPOINT))
        and row.pk != actor.user_id,
    }
    return render(request, "access/user.html", context)


def _account_crumbs(user: User) -> list[tuple[str, str]]:
    return [
        (_("Accounts"), reverse("access:account_list")),
        (user.full_name, reverse("access:user", args=[user.pk])),
    ]


organisation_create = action_view(
    Action(
        title=gettext_lazy("Enter an organisation"),
        button=gettext_lazy("Enter the organisation"),
        form=OrganisationCreateForm,
        run=lambda *, actor, target, data, at: organisations.organisation_create(
            actor=actor, at=at, **data
        ),
        done=lambda target, result: _("The organisation is entered."),
        after=lambda target, result: reverse("access:organisation", args=[result.pk]),
        crumbs=lambda target: [(_("Organisations"), reverse("access:organisation_list"))],
    ),
    permission=policies.ORGANISATION_CHANGE,
)
organisation_change = action_view(
    Action(
        title=gettext_lazy("Change the organisation"),
        button=gettext_lazy("Save the changes"),
        form=OrganisationChangeForm,
        load=_organisation,
        initial=lambda row: {
            "name": row.name,
            "area": row.area_id,
            "parent": row.parent_id,
            "closed_on": row.closed_on,
        },
        run=lambda *, actor, target, data, at: organisations.organisation_change(
            actor=actor, organisation=target, at=at, **data
        ),
        done=lambda target, result: _("Saved."),
        after=lambda target, result: reverse("access:organisation", args=[target.pk]),
        crumbs=lambda target: [
            (_("Organisations"), reverse("access:organisation_list")),
            (target.name, reverse("access:organisation", args=[target.pk])),
        ],
    ),
    permission=policies.ORGANISATION_CHANGE,
)
account_create = action_view(
    Action(
        title=gettext_lazy("Open an account"),
        button=gettext_lazy("Open the account"),
        explain=gettext_lazy(
            "An account carries no right: the security administrator grants posts."
        ),
        form=AccountForm,
        run=lambda *, actor, target, data, at: accounts.account_create(actor=actor, at=at, **data),
        done=lambda target, result: _("The account is open. Send the invitation."),
        after=lambda target, result: reverse("access:user", args=[result.pk]),
        crumbs=lambda target: [(_("Accounts"), reverse("access:account_list"))],
    ),
    permission=policies.ACCOUNT_CREATE,
)


@page(permission=policies.ACCOUNT_CREATE, methods=("POST",))
def account_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the link for the first password to the person's phone."""
    person = _user(actor_of(request), pk)
    token = default_token_generator.make_token(person)
    link = request.build_absolute_uri(reverse("access:invitation", args=[person.pk, token]))
    accounts.account_invite(actor=actor_of(request), user=person, link=link, at=timezone.now())
    messages.success(request, _("The invitation is sent; it is good for three days."))
    return redirect("access:user", pk=pk)


account_lock = action_view(
    Action(
        title=gettext_lazy("Lock the account"),
        button=gettext_lazy("Lock the account"),
        explain=gettext_lazy("Every sign-in of it ends at once."),
        form=ReasonForm,
        load=_user,
        may=policies.may_lock_account,
        run=lambda *, actor, target, data, at: accounts.account_lock(
            actor=actor, user=target, at=at, **data
        ),
        done=lambda target, result: _("The account is locked."),
        after=lambda target, result: reverse("access:user", args=[target.pk]),
        crumbs=_account_crumbs,
        danger=True,
    ),
    permission=policies.ACCOUNT_LOCK,
)
account_unlock = action_view(
    Action(
        title=gettext_lazy("Unlock the account"),
        button=gettext_lazy("Unlock the account"),
        form=ReasonForm,
        load=_user,
        may=policies.may_lock_account,
        run=lambda *, actor, target, data, at: accounts.account_unlock(
            actor=actor, user=target, at=at, **data
        ),
        done=lambda target, result: _("The account is unlocked."),
        after=lambda target, result: reverse("access:user", args=[target.pk]),
        crumbs=_account_crumbs,
    ),
    permission=policies.ACCOUNT_LOCK,
)


def _grant(*, actor: Actor, target: User, data: dict[str, Any], at: Any) -> Post:
    last: date | None = data.pop("last_day")
    return posts.post_grant(
        actor=actor,
        user=target,
        valid_to=last + timedelta(days=1) if last else None,
        at=at,
        **data,
    )


def _grant_action() -> Action:
    return Action(
        title=gettext_lazy("Grant a post"),
        button=gettext_lazy("Grant the post"),
        form=PostForm,
        load=_user,
        initial=lambda row: {"valid_from": legal_day(timezone.now())},
        run=_grant,
        done=lambda target, result: _("The post is granted."),
        after=lambda target, result: reverse("access:user", args=[target.pk]),
        crumbs=_account_crumbs,
    )


post_grant = action_view(_grant_action(), permission=policies.POST_GRANT)
administrator_appoint = action_view(_grant_action(), permission=policies.APPOINT)


def _post(actor: Actor, pk: int) -> Post:
    rows = Post.objects.visible_to(actor).select_related("user", "organisation")
    return _one(rows, pk)  # type: ignore[no-any-return]


post_end = action_view(
    Action(
        title=gettext_lazy("End a post"),
        button=gettext_lazy("End the post"),
        explain=lambda post: f"{post.user.full_name} · {post}",
        form=PostEndForm,
        load=_post,
        may=policies.may_end_post,
        run=lambda *, actor, target, data, at: posts.post_end(
            actor=actor, post=target, at=at, **data
        ),
        done=lambda target, result: _("The post ends."),
        after=lambda target, result: reverse("access:user", args=[target.user_id]),
        crumbs=lambda post: _account_crumbs(post.user),
        danger=True,
    ),
    permission=policies.POST_VIEW,
)


@page(permission=policies.ROLE_VIEW)
def roles(request: HttpRequest) -> HttpResponse:
    """The closed list of roles: reach, rights, second factor. Read only, from the registry."""
    return render(request, "access/roles.html", {"roles": role_rows()})


elevation_ask = action_view(
    Action(
        title=gettext_lazy("Ask for an elevation"),
        button=gettext_lazy("Ask"),
        explain=gettext_lazy(
            "Another person decides. It ends after 30 minutes, is logged, and the district's "
            "clerks are told."
        ),
        form=ElevationForm,
        run=lambda *, actor, target, data, at: elevations.elevation_ask(
            actor=actor, reason=data["reason"], rows=data["rows"].splitlines(), at=at
        ),
        done=lambda target, result: _("Asked. The security administrator is told."),
        after=lambda target, result: reverse("access:elevation", args=[result.pk]),
        crumbs=lambda target: [(_("Elevations"), reverse("access:elevation_list"))],
    ),
    permission=policies.ELEVATION_ASK,
)


def _elevation(actor: Actor, pk: int) -> Elevation:
    rows = Elevation.objects.visible_to(actor).select_related("asked_by", "decided_by")
    return _one(rows, pk)  # type: ignore[no-any-return]


@page(permission=policies.ELEVATION_VIEW)
def elevation(request: HttpRequest, pk: int) -> HttpResponse:
    """One elevation."""
    actor = actor_of(request)
    row = _elevation(actor, pk)
    context = {
        "elevation": row,
        "may_decide": bool(policies.may_decide_elevation(actor, row)),
        "may_end": bool(policies.may_end_elevation(actor, row))
        and row.ends_at is not None
        and row.ends_at > timezone.now(),
    }
    return render(request, "access/elevation.html", context)


@page(permission=policies.ELEVATION_DECIDE, methods=("POST",))
def elevation_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve."""
    row = _elevation(actor_of(request), pk)
    elevations.elevation_approve(actor=actor_of(request), elevation=row, at=timezone.now())
    messages.success(request, _("Approved for 30 minutes."))
    return redirect("access:elevation", pk=pk)


@page(permission=policies.ELEVATION_VIEW, methods=("POST",))
def elevation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End early."""
    row = _elevation(actor_of(request), pk)
    elevations.elevation_end(actor=actor_of(request), elevation=row, at=timezone.now())
    messages.success(request, _("Ended."))
    return redirect("access:elevation", pk=pk)


elevation_refuse = action_view(
    Action(
        title=gettext_lazy("Refuse the elevation"),
        button=gettext_lazy("Refuse"),
        form=ReasonForm,
        load=_elevation,
        may=policies.may_decide_elevation,
        run=lambda *, actor, target, data, at: elevations.elevation_refuse(
            actor=actor, elevation=target, at=at, **data
        ),
        done=lambda target, result: _("Refused."),
        after=lambda target, result: reverse("access:elevation", args=[target.pk]),
        crumbs=lambda target: [(_("Elevations"), reverse("access:elevation_list"))],
        danger=True,
    ),
    permission=policies.ELEVATION_DECIDE,
)


@page(permission=policies.KEY_ISSUE, methods=("GET", "POST"))
def key_issue(request: HttpRequest) -> HttpResponse:
    """Issue a partner key; it is shown on this page alone."""
    from anju.core.errors import AnjuError
    from anju.ui.pages import form_refuses, form_status

    form: Form = KeyForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            _row, shown = keys.key_issue(
                actor=actor_of(request),
                at=timezone.now(),
                expires_at=day_end(data.pop("expires_on")),
                **data,
            )
        except AnjuError as error:
            if "expires_at" in getattr(error, "errors", {}):
                form.add_error("expires_on", str(error))
            else:
                form_refuses(form, error)
    context = {"form": form, "shown": shown}
    return render(request, "access/key_issue.html", context, status=form_status(form))


def _key(actor: Actor, pk: int) -> ApiKey:
    return _one(ApiKey.objects.visible_to(actor).select_related("organisation"), pk)  # type: ignore[no-any-return]


key_revoke = action_view(
    Action(
        title=gettext_lazy("Revoke the key"),
        button=gettext_lazy("Revoke the key"),
        explain=lambda key: f"{key} · {key.organisation} · {key.name}",
        form=ReasonForm,
        load=_key,
        may=policies.may_revoke_key,
        run=lambda *, actor, target, data, at: keys.key_revoke(
            actor=actor, key=target, at=at, **data
        ),
        done=lambda target, result: _("The key is revoked."),
        after=lambda target, result: reverse("access:key_list"),
        crumbs=lambda target: [(_("Partner keys"), reverse("access:key_list"))],
        danger=True,
    ),
    permission=policies.KEY_ISSUE,
)
