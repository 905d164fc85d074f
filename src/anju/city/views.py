"""The backdrop of maps, and the sign-ins of the demo."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from anju.access.states import Role
from anju.ui.pages import page

from .models import Making
from .queries import demo_accounts
from .rules.totp import code_at, seconds_left


@page(public=True)
def backdrop(request: HttpRequest) -> JsonResponse:
    """GeoJSON of the ground; an empty collection where no city was generated."""
    found = Making.objects.visible_to(request.actor).values_list("backdrop", flat=True).first()  # type: ignore[attr-defined]
    answer = JsonResponse(found or {"type": "FeatureCollection", "features": []})
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@page(public=True)
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Names, passwords and second factors of the demo; not there in real use."""
    if not settings.DEMO:
        raise Http404
    now = int(timezone.now().timestamp())
    labels = dict(Role.choices)
    rows = [
        {
            "role": labels.get(account.role, account.role),
            "account": account,
            "code": code_at(account.totp_secret, now) if account.totp_secret else "",
        }
        for account in demo_accounts()
    ]
    return render(request, "city/sign_ins.html", {"rows": rows, "left": seconds_left(now)})
