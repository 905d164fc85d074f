"""Constraints of the database as sentences people can read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anju.core.errors import Conflict, Sentence

BY_TRIGGER: dict[str, Sentence] = {
    "access_post_administrators_apart": _(
        "An administrator holds no other post: the three are different persons and do no business."
    ),
    "access_post_not_to_oneself": _("Nobody grants a post to themselves."),
    "access_post_right_granter": _("The bureau head appoints the three administrators."),
    "access_elevation_fixed": _("What was asked and decided stays as it was."),
    "access_user_username_key": _("This sign-in name is taken. Choose another."),
    "access_user_phone_key": _("This phone belongs to another account."),
}


def _sentence(name: str) -> Sentence:
    if name in BY_TRIGGER:
        return BY_TRIGGER[name]
    for model in apps.get_app_config("access").get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_message:
                return str(constraint.violation_error_message)
    return _("It does not fit what is on file. Load the page again.")


@contextmanager
def refused_by_database() -> Iterator[None]:
    """Turn a violated constraint into :class:`Conflict` with its sentence; nothing is saved."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diag = getattr(error.__cause__, "diag", None)
        raise Conflict(_sentence(getattr(diag, "constraint_name", "") or "")) from error
