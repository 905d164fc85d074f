"""Phone codes and counters of attempts, in the cache that all processes share.

A counter is a row of slots. Taking a slot is an insert under a unique key, so that two processes
never count one attempt twice or miss one.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anju.core.errors import Refused
from anju.core.ports import MESSENGER

from .rules import CODE_DIGITS, CODE_MINUTES, CODE_TRIES

LOCK_TRIES = 5
LOCK_SECONDS = 15 * 60
ADDRESS_TRIES = 60
SEND_LIMITS = ((1, 60), (5, 3600))  # to one phone: one a minute, five an hour
ADDRESS_SENDS = (30, 3600)
TOO_MANY = _("Too many attempts. Wait a quarter of an hour and try again.")
TOO_MANY_CODES = _("A code was sent just now. Wait a minute before asking for another.")


def _key(*parts: str) -> str:
    # Phones and names are hashed: the cache holds no personal data in clear.
    digest = hmac.new(settings.SECRET_KEY.encode(), "\n".join(parts).encode(), sha256)
    return "access:" + digest.hexdigest()[:40]


def take(what: str, whom: str, *, limit: int, seconds: int) -> int:
    """Take one attempt; returns how many are left after it, or −1 when none was left."""
    base = _key(what, whom)
    for slot in range(limit):
        if cache.add(f"{base}:{slot}", 1, seconds):
            return limit - slot - 1
    return -1


def left(what: str, whom: str, *, limit: int) -> int:
    """How many attempts are left."""
    base = _key(what, whom)
    return limit - len(cache.get_many([f"{base}:{slot}" for slot in range(limit)]))


def forget(what: str, whom: str, *, limit: int) -> None:
    """Give all attempts back, after a success."""
    base = _key(what, whom)
    cache.delete_many([f"{base}:{slot}" for slot in range(limit)])


def attempt_require(what: str, whom: str, *, address: str) -> None:
    """Count one attempt before it is checked.

    Raises:
        Refused: too many for this name or from this network address.
    """
    if take("address", address, limit=ADDRESS_TRIES, seconds=LOCK_SECONDS) < 0:
        raise Refused(TOO_MANY)
    if take(what, whom, limit=LOCK_TRIES, seconds=LOCK_SECONDS) < 0:
        raise Refused(TOO_MANY)


def attempt_forget(what: str, whom: str) -> None:
    """After a success."""
    forget(what, whom, limit=LOCK_TRIES)


def code_send(
    phone: str,
    *,
    purpose: str,
    address: str,
    language: str = "",
    template: str = "access.phone_code",
) -> None:
    """Send a code of six digits to a phone, whoever it belongs to.

    Raises:
        Refused: too many were sent.
    """
    if take("send-from", address, limit=ADDRESS_SENDS[0], seconds=ADDRESS_SENDS[1]) < 0:
        raise Refused(TOO_MANY)
    for limit, seconds in SEND_LIMITS:
        if take(f"send-{seconds}", phone, limit=limit, seconds=seconds) < 0:
            raise Refused(TOO_MANY_CODES)
    code = "".join(secrets.choice("0123456789") for _n in range(CODE_DIGITS))
    forget(f"code-{purpose}", phone, limit=CODE_TRIES)
    cache.set(_key("code", purpose, phone), _key(purpose, phone, code), CODE_MINUTES * 60)
    with transaction.atomic():
        MESSENGER.get()(
            channel="sms",
            to=phone,
            template=template,
            values={"code": code},
            language=language,
        )


def code_check(phone: str, code: str, *, purpose: str) -> int:
    """Check a code: −1 it fits (and is used up), else how many tries are left."""
    tries = take(f"code-{purpose}", phone, limit=CODE_TRIES, seconds=CODE_MINUTES * 60)
    if tries < 0:
        return 0
    kept = cache.get(_key("code", purpose, phone)) or ""
    if hmac.compare_digest(kept, _key(purpose, phone, code)):
        cache.delete(_key("code", purpose, phone))
        return -1
    return tries
