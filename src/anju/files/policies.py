"""Who may take a file back, and who may open one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.decisions import Allowed, Decision, Denied

from .models import StoredFile
from .purposes import PURPOSES
from .states import ScanState


def may_take_back(actor: Actor, file: StoredFile, owner: Any) -> Decision:
    """Before a decision, whoever may add; after it nobody: the decision rests on the file."""
    if file.taken_back_at is not None:
        return Denied(_("The file was taken back already."))
    if file.frozen_at is not None:
        return Denied(_("A decision rests on this file: it stays."))
    purpose = PURPOSES.get(file.purpose)
    if purpose is None:
        return Denied(_("Files of this kind are not taken back."))
    return purpose.may_add(actor, owner)


def may_open(file: StoredFile) -> Decision:
    """Whatever carries a virus is given to nobody."""
    if file.scan_state == ScanState.INFECTED:
        return Denied(_("The scanner found a virus in this file: it is not given out."))
    return Allowed()
