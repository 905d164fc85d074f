"""Accounts: opened, invited, registered by phone, changed, locked."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput, Refused
from anju.core.ports import MESSENGER, PHONE_FOLLOWER
from anju.core.text import clean
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import policies
from ..models import OldPassword, User
from ..rules import PASSWORDS_KEPT, password_faults, phone_from_text
from .refusals import refused_by_database
from .signins import signins_end

CREATED = journal.declare("access.account_create", _("Opened an account"))
INVITED = journal.declare("access.account_invite", _("Sent an invitation"))
REGISTERED = journal.declare("access.owner_register", _("Registered as an owner"))
LOCKED = journal.declare("access.account_lock", _("Locked the account"))
UNLOCKED = journal.declare("access.account_unlock", _("Unlocked the account"))
RENAMED = journal.declare("access.profile_change", _("Changed name or language"))
PASSWORD_SET = journal.declare("access.password_change", _("Changed the password"))
PHONE_SET = journal.declare("access.phone_change", _("Changed the sign-in phone"))

FAULTS = {
    "short": _("Use at least 10 characters."),
    "own": _("Do not use your name, sign-in name or phone in it."),
    "plain": _("Use more different characters."),
}


def _name(text: str) -> str:
    text = clean(text)
    if not text or len(text) > 60:
        raise InvalidInput({"full_name": [_("Give a name of at most 60 characters.")]})
    return text


def _phone(text: str) -> str:
    phone = phone_from_text(text)
    if phone is None:
        raise InvalidInput({"phone": [_("Give a mobile number of 11 digits.")]})
    return phone


@service
def account_create(
    *, actor: Actor, username: str, full_name: str, phone: str, at: datetime
) -> User:
    """Open an account without any right; its person sets the password by invitation.

    Raises:
        InvalidInput: a sign-in name, name or phone that does not fit.
        Conflict: the sign-in name or the phone is taken.
    """
    policies.may_create_account(actor).require()
    username = clean(username)
    if not 3 <= len(username) <= 60 or not username.replace("_", "").replace(".", "").isalnum():
        raise InvalidInput({"username": [_("Use 3 to 60 letters, digits, dots or underscores.")]})
    if phone_from_text(username):
        raise InvalidInput({"username": [_("A phone number is no sign-in name.")]})
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict(_("This sign-in name is taken. Choose another."))
    user = User(username=username, full_name=_name(full_name), phone=_phone(phone))
    user.set_unusable_password()
    with refused_by_database():
        user.save()
    journal.record(actor=actor, action=CREATED, at=at, target=user)
    return user


@service
def account_invite(*, actor: Actor, user: User, link: str, at: datetime) -> None:
    """Send the link with which the person sets the first password, to their phone alone.

    Raises:
        Refused: the account has a password already, or no phone.
    """
    policies.may_create_account(actor).require()
    if user.has_usable_password() or not user.phone or not user.is_active:
        raise Refused(_("Only an open account with a phone and no password is invited."))
    user.invited_at = at
    user.save(update_fields=["invited_at"])
    MESSENGER.get()(
        channel="sms",
        to=user.phone,
        template="access.invitation",
        values={"username": user.username, "link": link},
        language=user.language,
    )
    journal.record(actor=actor, action=INVITED, at=at, target=user)


@service
def owner_register(*, actor: Actor, phone: str, full_name: str, at: datetime) -> User:
    """Open the account of a person who proved a phone by code. It owns nothing yet.

    Raises:
        Conflict: the phone has an account.
    """
    phone = _phone(phone)
    user = User(
        username=f"u{phone}",
        full_name=_name(full_name),
        phone=phone,
        phone_verified_at=at,
    )
    user.set_unusable_password()
    with refused_by_database():
        user.save()
    journal.record(actor=actor, action=REGISTERED, at=at, target=user)
    return user


@service
def account_lock(*, actor: Actor, user: User, reason: str, at: datetime) -> None:
    """Lock an account: every sign-in of it ends at once.

    Raises:
        InvalidInput: no reason.
    """
    policies.may_lock_account(actor, user).require()
    reason = clean(reason)
    if not reason or len(reason) > 300:
        raise InvalidInput({"reason": [_("Give a reason of at most 300 characters.")]})
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.locked_at is not None:
        raise Conflict(_("This account is locked already."))
    user.is_active, user.locked_at, user.lock_reason = False, at, reason
    user.save(update_fields=["is_active", "locked_at", "lock_reason"])
    signins_end(actor=actor, user=user, at=at)
    journal.record(actor=actor, action=LOCKED, at=at, target=user, reason=reason)


@service
def account_unlock(*, actor: Actor, user: User, reason: str, at: datetime) -> None:
    """Unlock an account.

    Raises:
        InvalidInput: no reason.
    """
    policies.may_lock_account(actor, user).require()
    reason = clean(reason)
    if not reason or len(reason) > 300:
        raise InvalidInput({"reason": [_("Give a reason of at most 300 characters.")]})
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.locked_at is None:
        raise Conflict(_("This account is not locked."))
    user.is_active, user.locked_at, user.lock_reason = True, None, ""
    user.save(update_fields=["is_active", "locked_at", "lock_reason"])
    journal.record(actor=actor, action=UNLOCKED, at=at, target=user, reason=reason)


@service
def profile_change(
    *, actor: Actor, user: User, full_name: str, language: str, at: datetime
) -> None:
    """Change one's own name and language."""
    if actor.user_id != user.pk:
        raise Refused(policies.NOT_YOURS)
    if language not in dict(settings.LANGUAGES):
        raise InvalidInput({"language": [_("Choose one of the languages.")]})
    user.full_name, user.language = _name(full_name), language
    user.save(update_fields=["full_name", "language"])
    journal.record(actor=actor, action=RENAMED, at=at, target=user)


@service
def phone_change(*, actor: Actor, user: User, phone: str, at: datetime) -> None:
    """Set a sign-in phone that was proved by code, as the old one was.

    Raises:
        Conflict: the phone has another account, or is bound to another owner.
    """
    if actor.user_id != user.pk:
        raise Refused(policies.NOT_YOURS)
    user.phone, user.phone_verified_at = _phone(phone), at
    with refused_by_database():
        user.save(update_fields=["phone", "phone_verified_at"])
    # The number that is given up is free: nothing stays bound to it.
    PHONE_FOLLOWER.get()(user_id=user.pk, phone=user.phone)
    journal.record(actor=actor, action=PHONE_SET, at=at, target=user)


def password_check(user: User, password: str) -> None:
    """Whether a password may be set.

    Raises:
        InvalidInput: names ``password`` with every rule it breaks.
    """
    sentences: list[object] = [
        FAULTS[fault]
        for fault in password_faults(
            password, name=user.full_name, username=user.username, phone=user.phone or ""
        )
    ]
    try:
        validate_password(password, user)
    except ValidationError as error:
        sentences += error.messages
    old = list(
        OldPassword.objects.filter(user=user)
        .order_by("-created_at")
        .values_list("password", flat=True)[: PASSWORDS_KEPT - 1]
    )
    if user.has_usable_password():
        old.insert(0, user.password)
    if not sentences and any(check_password(password, one) for one in old):
        sentences.append(_("Take one you did not use for your last five passwords."))
    if len(password) > 200:
        sentences.append(_("Use at most 200 characters."))
    if sentences:
        raise InvalidInput({"password": [str(one) for one in sentences]})


@service
def password_change(
    *, actor: Actor, user: User, password: str, at: datetime, keep_session: str | None = None
) -> None:
    """Set a new password and end every sign-in but the session named.

    Raises:
        InvalidInput: the password breaks a rule.
        Refused: it is somebody else's account.
    """
    if actor.user_id != user.pk:
        raise Refused(policies.NOT_YOURS)
    user = User.objects.select_for_update().get(pk=user.pk)
    password_check(user, password)
    if user.has_usable_password():
        OldPassword.objects.create(user=user, password=user.password, created_at=at)
    user.set_password(password)
    user.password_changed_at = at
    user.save(update_fields=["password", "password_changed_at"])
    signins_end(actor=actor, user=user, at=at, but=keep_session)
    if user.phone:
        MESSENGER.get()(
            channel="sms",
            to=user.phone,
            template="access.password_changed",
            values={"at": legal_day(at).isoformat()},
            language=user.language,
        )
    journal.record(actor=actor, action=PASSWORD_SET, at=at, target=user)
