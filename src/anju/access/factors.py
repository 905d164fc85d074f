"""Second factors: how allauth's authenticators are kept and named here."""

from __future__ import annotations

import base64
import hashlib

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _


def _box() -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"anju.factors")
    return Fernet(base64.urlsafe_b64encode(key.digest()))


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of authenticators are stored sealed; passkeys are bound to the site's host name."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Changes of factors are told by our own messages."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = settings.PASSKEY_HOST or context.request.get_host().partition(":")[0]
        return {"id": host, "name": _("Anju")}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, object]:
        return {
            "id": str(user.pk).encode(),
            "display_name": str(user),
            "name": user.get_username(),
        }
