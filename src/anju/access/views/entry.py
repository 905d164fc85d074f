"""The steps of a sign-in that several pages share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from anju.core.actors import Actor

from ..middleware import IDLE_KEY, SEEN_KEY
from ..models import User
from ..queries import actor_for, needs_second_factor, posts_of
from ..rules import device_from_agent
from ..services.factors import factors_of
from ..services.signins import signin_begin

PENDING_KEY = "anju_pending"
PENDING_SECONDS = 600
BACKEND = "django.contrib.auth.backends.ModelBackend"


def next_of(request: HttpRequest) -> str:
    """Where to go after signing in: a page of this site, or nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and len(wanted) <= 2000 else ""


def address_of(request: HttpRequest) -> str:
    """The network address the request came from (set right by the proxy in front)."""
    return request.META.get("REMOTE_ADDR", "") or ""


def first_actor(user: User, at: datetime) -> Actor:
    """The actor a person has right after signing in."""
    posts = posts_of(user, at=at)
    return actor_for(user, posts[0] if posts else None, at)


def go_on(request: HttpRequest, user: User, *, way: str, to: str) -> HttpResponse:
    """After the first proof: the second factor, setting one up, or in."""
    at = timezone.now()
    factors = factors_of(user)
    if not factors and not needs_second_factor(posts_of(user, at=at)):
        return go_in(request, user, way=way, to=to)
    request.session.cycle_key()
    request.session[PENDING_KEY] = {
        "user": user.pk,
        "way": str(way),
        "next": to,
        "at": int(at.timestamp()),
        "hash": user.get_session_auth_hash()[:16],
    }
    return redirect("access:second_factor" if factors else "access:factor_first")


def pending_of(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    """Who has given the first proof within ten minutes and not yet the second."""
    pending = request.session.get(PENDING_KEY)
    if not pending or timezone.now().timestamp() - pending["at"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash()[:16] != pending["hash"]:
        return None
    return user, pending


def go_in(request: HttpRequest, user: User, *, way: str, to: str) -> HttpResponse:
    """Sign in: a new session key, a row in the list of sign-ins, the idle limit of officials."""
    at = timezone.now()
    request.session.pop(PENDING_KEY, None)
    login(request, user, backend=BACKEND)
    if settings.IDLE_MINUTES and needs_second_factor(posts_of(user, at=at)):
        request.session[IDLE_KEY] = settings.IDLE_MINUTES * 60
        request.session[SEEN_KEY] = int(at.timestamp())
    request.session.save()
    signin_begin(
        actor=first_actor(user, at),
        user=user,
        session_key=request.session.session_key or "",
        way=way,
        device=device_from_agent(request.headers.get("User-Agent", "")),
        address=address_of(request) or None,
        at=at,
    )
    response = redirect(to or resolve_url(settings.LOGIN_REDIRECT_URL))
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
    return response


def passkeys_of(user: User) -> list[Authenticator]:
    """The person's passkeys."""
    return [one for one in factors_of(user) if one.type == Authenticator.Type.WEBAUTHN]
