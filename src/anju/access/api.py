"""Partner keys as an auth class of django-ninja: ``auth=PartnerKey("portal:company_view")``."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from anju.core.actors import Actor

from .permissions import perm
from .queries import partner_actor
from .services.keys import key_found


class PartnerKey(HttpBearer):
    """Takes ``Authorization: Bearer anju_…``; 401 without a key in force or without its scope."""

    def __init__(self, scope: str) -> None:
        self.scope = perm(scope)
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        key = key_found(token, at=timezone.now())
        if key is None or self.scope not in key.scopes:
            return None
        actor = partner_actor(key)
        if not actor.can(self.scope):
            return None
        request.actor = actor  # type: ignore[attr-defined]
        request.partner_key_id = key.pk  # type: ignore[attr-defined]
        return actor
