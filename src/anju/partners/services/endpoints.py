"""Webhook endpoints: entered, changed, given another secret, switched off and on."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.access.models import Organisation, Post
from anju.access.states import Role
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.ports import MESSENGER
from anju.core.text import clean
from anju.core.time import legal_day
from anju.core.transactions import service
from anju.flow.services import move_make
from anju.notices.vault import seal

from .. import policies
from ..models import Delivery, Endpoint
from ..rules import endpoint_fault
from ..states import ENDPOINT_FLOW, DeliveryState, EventKind

CREATED = journal.declare("partners.endpoint_create", _("Entered a webhook endpoint"))
CHANGED = journal.declare("partners.endpoint_change", _("Changed a webhook endpoint"))
ROTATED = journal.declare("partners.endpoint_rotate", _("Gave a webhook endpoint a new secret"))
DISABLED = journal.declare("partners.endpoint_disable", _("Switched a webhook endpoint off"))
ENABLED = journal.declare("partners.endpoint_enable", _("Switched a webhook endpoint on"))

FAULTS = {
    "form": _("Write the whole address, such as https://example.org/webhooks, without “#”."),
    "https": _("The address begins with https://."),
    "user": _("Leave name and password out of the address: messages are signed instead."),
    "private": _("The address lies in a private network or on this machine. Give a public one."),
}


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _checked(name: str, address: str, kinds: Iterable[str]) -> tuple[str, str, list[str]]:
    name, address, wanted = clean(name), address.strip(), sorted(set(kinds))
    if not 1 <= len(name) <= 80:
        raise InvalidInput({"name": [_("Say in at most 80 characters what it is used for.")]})
    if len(address) > 300:
        raise InvalidInput({"address": [_("Write an address of at most 300 characters.")]})
    if fault := endpoint_fault(address, loopback=settings.WEBHOOKS_TO_LOOPBACK):
        raise InvalidInput({"address": [FAULTS[fault]]})
    if not wanted or not set(wanted) <= set(EventKind.values):
        raise InvalidInput({"kinds": [_("Choose what the endpoint is told of.")]})
    return name, address, wanted


def _save(endpoint: Endpoint) -> None:
    try:
        with transaction.atomic():
            endpoint.save()
    except IntegrityError as error:
        raise Conflict(_("This organisation has an endpoint at this address.")) from error


@service
def endpoint_create(
    *,
    actor: Actor,
    organisation: Organisation,
    name: str,
    address: str,
    kinds: Iterable[str],
    at: datetime,
) -> tuple[Endpoint, str]:
    """Enter an endpoint; the second value is its secret, shown this once.

    Raises:
        Refused: the actor may not.
        InvalidInput: no name, an address that is not public https, or nothing chosen.
        Conflict: the organisation has an endpoint at this address.
    """
    policies.may_keep_endpoints(actor).require()
    name, address, wanted = _checked(name, address, kinds)
    assert actor.user_id is not None  # the policy asks for a post
    secret = new_secret()
    endpoint = Endpoint(
        organisation=organisation, name=name, address=address, kinds=wanted,
        secret_sealed=seal(secret), created_by_id=actor.user_id, created_at=at,
    )  # fmt: skip
    _save(endpoint)
    journal.record(
        actor=actor, action=CREATED, at=at, target=endpoint,
        changes={"address": ["", address], "kinds": [[], wanted]},
    )  # fmt: skip
    return endpoint, secret


@service
def endpoint_change(
    *,
    actor: Actor,
    endpoint: Endpoint,
    name: str,
    address: str,
    kinds: Iterable[str],
    at: datetime,
) -> Endpoint:
    """Change name, address and what it is told of; the secret stays.

    Raises:
        As :func:`endpoint_create`.
    """
    policies.may_keep_endpoints(actor).require()
    name, address, wanted = _checked(name, address, kinds)
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    changes = {"address": [endpoint.address, address], "kinds": [endpoint.kinds, wanted]}
    endpoint.name, endpoint.address, endpoint.kinds = name, address, wanted
    _save(endpoint)
    journal.record(actor=actor, action=CHANGED, at=at, target=endpoint, changes=changes)
    return endpoint


@service
def endpoint_rotate(*, actor: Actor, endpoint: Endpoint, at: datetime) -> tuple[Endpoint, str]:
    """Give it a new secret, shown this once; messages are signed by the old one too for a day."""
    policies.may_keep_endpoints(actor).require()
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    secret = new_secret()
    endpoint.old_secret_sealed, endpoint.secret_sealed = endpoint.secret_sealed, seal(secret)
    endpoint.rotated_at = at
    endpoint.save(update_fields=["old_secret_sealed", "secret_sealed", "rotated_at"])
    journal.record(actor=actor, action=ROTATED, at=at, target=endpoint)
    return endpoint, secret


@service
def endpoint_disable(*, actor: Actor, endpoint: Endpoint, reason: str, at: datetime) -> Endpoint:
    """Switch an endpoint off; what waits for it stays and waits.

    Raises:
        Refused: the actor may not, or it is off already.
        InvalidInput: no reason.
    """
    policies.may_disable(actor, endpoint).require()
    reason = clean(reason)[:300]
    endpoint = move_make(
        actor=actor, at=at, flow=ENDPOINT_FLOW, subject=endpoint, name="disable", reason=reason,
        sets={"disabled_at": at, "disabled_reason": reason},
    )  # fmt: skip
    journal.record(actor=actor, action=DISABLED, at=at, target=endpoint, reason=reason)
    return endpoint


@service
def endpoint_enable(*, actor: Actor, endpoint: Endpoint, at: datetime) -> Endpoint:
    """Switch an endpoint on again; what waits for it is tried now, for three days anew.

    Raises:
        Refused: the actor may not, or it is on.
    """
    policies.may_enable(actor, endpoint).require()
    endpoint = move_make(
        actor=actor, at=at, flow=ENDPOINT_FLOW, subject=endpoint, name="enable",
        sets={"disabled_at": None, "disabled_reason": ""},
    )  # fmt: skip
    Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING).update(
        due_at=at, attempts=0, first_tried_at=None
    )
    journal.record(actor=actor, action=ENABLED, at=at, target=endpoint)
    return endpoint


def administrators_tell(*, endpoint: Endpoint, at: datetime) -> int:
    """Tell each security administrator that an endpoint is off; returns how many."""
    day = legal_day(at)
    told = (
        Post.objects.filter(role=Role.SECURITY_ADMIN, user__is_active=True, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .values_list("user_id", "user__language")
        .distinct()
    )
    for user_id, language in told:
        MESSENGER.get()(
            channel="inapp",
            to=str(user_id),
            template="partners.endpoint_disabled",
            values={
                "endpoint": endpoint.name,
                "organisation": endpoint.organisation.name,
                "link": f"/partners/endpoints/{endpoint.pk}/",
            },
            language=language,
        )
    return len(told)
