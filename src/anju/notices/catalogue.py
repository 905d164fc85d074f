"""Messages that can be sent. Each app declares its own in ``messages.py``::

    MESSAGES = {
        "access.code": (_("Your code"), _("Your code is %(code)s. Tell it to nobody.")),
    }

Names in ``URGENT`` of the same module (codes) go out by text message in the quiet hours too.
The text is an English msgid with a Chinese entry in the app's own catalogue. A third element,
where present, names the value that carries the address of the page the message is about.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

Text = str | Promise


@lru_cache(maxsize=1)
def messages() -> dict[str, tuple[Text, Text, str]]:
    """Every declared message: name → subject, body, name of the link value."""
    found: dict[str, tuple[Text, Text, str]] = {}
    for config in apps.get_app_configs():
        if not (
            config.name.startswith("anju.") and module_has_submodule(config.module, "messages")
        ):
            continue
        for name, parts in import_module(f"{config.name}.messages").MESSAGES.items():
            if name in found:
                raise ValueError(f"message {name} of {config.name} is declared twice")
            found[name] = (parts[0], parts[1], parts[2] if len(parts) > 2 else "link")
    return found


@lru_cache(maxsize=1)
def _urgent() -> frozenset[str]:
    found: set[str] = set()
    for config in apps.get_app_configs():
        if config.name.startswith("anju.") and module_has_submodule(config.module, "messages"):
            found |= getattr(import_module(f"{config.name}.messages"), "URGENT", frozenset())
    return frozenset(found)


def is_urgent(template: str) -> bool:
    """Whether the message goes out at night too."""
    return template in _urgent()


def words(template: str, values: dict[str, Any], language: str) -> tuple[str, str]:
    """Subject and body of a message in a language.

    Raises:
        LookupError: the message was never declared.
        ValueError: a value is missing.
    """
    known = messages().get(template)
    if known is None:
        raise LookupError(f"message {template} is not declared: name it in the app's messages.py")
    with translation.override(language or settings.LANGUAGE_CODE):
        try:
            return str(known[0]) % values, str(known[1]) % values
        except KeyError as error:
            raise ValueError(f"message {template} lacks the value {error.args[0]}") from error


def link_of(template: str, values: dict[str, Any]) -> str:
    """The local address the message leads to, or nothing."""
    known = messages().get(template)
    link = str(values.get(known[2], "")) if known else ""
    return link if link.startswith("/") and not link.startswith("//") else ""
