"""Partner keys: issued once in clear, kept as a hash, revoked for good."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.text import clean
from anju.core.transactions import service

from .. import policies
from ..models import ApiKey, Organisation
from ..permissions import GRANTS
from ..states import Role

ISSUED = journal.declare("access.key_issue", _("Issued a partner key"))
REVOKED = journal.declare("access.key_revoke", _("Revoked a partner key"))
LONGEST = timedelta(days=366)
USED_EVERY = timedelta(minutes=5)


def key_hash(key: str) -> str:
    """Keys are long and random: a plain hash needs no salt and is quick to look up."""
    return hashlib.sha256(key.encode()).hexdigest()


@service
def key_issue(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Issue a key; the second value is the key itself, shown this once.

    Raises:
        InvalidInput: no name, a scope partners cannot have, or an expiry past a year.
    """
    policies.may_issue_key(actor).require()
    name, wanted = clean(name), sorted(set(scopes))
    if not name or len(name) > 80:
        raise InvalidInput({"name": [_("Say in at most 80 characters what the key is for.")]})
    if not wanted or not set(wanted) <= GRANTS[Role.API_PARTNER]:
        raise InvalidInput({"scopes": [_("Choose from what partners may do.")]})
    if not at < expires_at <= at + LONGEST:
        raise InvalidInput({"expires_at": [_("A key expires within a year.")]})
    assert actor.user_id is not None  # the policy asks for a post
    prefix = "anju_" + secrets.token_hex(3)
    key = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        organisation=organisation,
        name=name,
        prefix=prefix,
        key_hash=key_hash(key),
        scopes=wanted,
        created_by_id=actor.user_id,
        created_at=at,
        expires_at=expires_at,
    )
    journal.record(actor=actor, action=ISSUED, at=at, target=row, changes={"scopes": [[], wanted]})
    return row, key


@service
def key_revoke(*, actor: Actor, key: ApiKey, reason: str, at: datetime) -> ApiKey:
    """Revoke a key at once, for good."""
    key = ApiKey.objects.select_for_update().get(pk=key.pk)
    policies.may_revoke_key(actor, key).require()
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    journal.record(actor=actor, action=REVOKED, at=at, target=key, reason=clean(reason)[:300])
    return key


def key_found(text: str, *, at: datetime) -> ApiKey | None:
    """The key in force, or None. Notes its use at most every five minutes."""
    prefix = "_".join(text.split("_")[:2])
    key = ApiKey.objects.filter(prefix=prefix[:12]).select_related("organisation").first()
    known = key.key_hash if key else "0" * 64
    if not hmac.compare_digest(known, key_hash(text)) or key is None:
        return None
    if key.revoked_at is not None or key.expires_at <= at:
        return None
    if key.last_used_at is None or at - key.last_used_at > USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return key
