"""Second factors of an account: authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import InvalidInput, Refused
from anju.core.ports import MESSENGER
from anju.core.text import clean
from anju.core.time import legal_day
from anju.core.transactions import service

from ..models import User
from ..queries import needs_second_factor, posts_of
from ..rules import code_from_text

ADDED = journal.declare("access.factor_add", _("Added a second factor"))
REMOVED = journal.declare("access.factor_remove", _("Removed a second factor"))
RENEWED = journal.declare("access.recovery_renew", _("Made new recovery codes"))
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def factors_of(user: User) -> list[Authenticator]:
    """Authenticator app and passkeys, oldest first (recovery codes are no factor alone)."""
    return list(Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("pk"))


def factor_check(*, user: User, code: str) -> bool:
    """Whether a code is the app's code of now, unused, or an unused recovery code."""
    digits = code_from_text(code)
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    for one in Authenticator.objects.filter(user=user, type__in=kinds).order_by("-type"):
        if one.wrap().validate_code(digits):
            one.record_usage()
            return True
    return False


@service
def totp_add(*, actor: Actor, user: User, secret: str, code: str, at: datetime) -> None:
    """Add an authenticator app once its code proves the secret arrived.

    Raises:
        InvalidInput: the code does not fit.
        Refused: there is one already.
    """
    _own(actor, user)
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        raise Refused(_("There is an authenticator app already. Remove it first."))
    if not secret or not validate_totp_code(secret, code_from_text(code)):
        raise InvalidInput(
            {"code": [_("The code does not fit. Check the phone's clock and take the next one.")]}
        )
    TOTP.activate(user, secret)
    _added(actor, user, "totp", at)


@service
def passkey_add(
    *, actor: Actor, user: User, name: str, credential: dict[str, Any], at: datetime
) -> None:
    """Add a passkey whose answer to the challenge was verified."""
    _own(actor, user)
    WebAuthn.add(user, clean(name)[:60] or str(_("Passkey")), credential)
    _added(actor, user, "webauthn", at)


@service
def factor_remove(*, actor: Actor, user: User, factor: Authenticator, at: datetime) -> None:
    """Remove a factor.

    Raises:
        Refused: it is the last one and a post needs it.
    """
    _own(actor, user)
    User.objects.select_for_update().get(pk=user.pk)
    left = [one for one in factors_of(user) if one.pk != factor.pk]
    if not left and needs_second_factor(posts_of(user, at=at)):
        raise Refused(_("Your post needs a second factor. Add another one first."))
    factor.delete()
    if not left:
        Authenticator.objects.filter(user=user).delete()
    _tell(user, at)
    journal.record(
        actor=actor, action=REMOVED, at=at, target=user, changes={"factor": [factor.type, None]}
    )


@service
def recovery_renew(*, actor: Actor, user: User, at: datetime) -> list[str]:
    """New recovery codes; the old ones are void. Returns them for showing once."""
    _own(actor, user)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(user).generate_codes()
    journal.record(actor=actor, action=RENEWED, at=at, target=user)
    return codes


def passkey_refused(error: ValidationError) -> InvalidInput:
    """The sentence of a passkey that did not verify."""
    return InvalidInput({"credential": [_("The passkey did not fit. Try again.")]})


def _own(actor: Actor, user: User) -> None:
    if actor.user_id != user.pk:
        raise Refused(_("Second factors are set by their own person."))


def _added(actor: Actor, user: User, kind: str, at: datetime) -> None:
    _tell(user, at)
    journal.record(actor=actor, action=ADDED, at=at, target=user, changes={"factor": [None, kind]})


def _tell(user: User, at: datetime) -> None:
    if user.phone:
        MESSENGER.get()(
            channel="sms",
            to=user.phone,
            template="access.factor_changed",
            values={"at": legal_day(at).isoformat()},
            language=user.language,
        )
