"""The journal: who did what to which thing, when and why.

``record`` writes one audit row in the caller's transaction. Every action is declared once, with
the sentence a person reads; recording an undeclared action is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model

from .actors import Actor
from .errors import Sentence
from .ports import JOURNAL

ACTIONS: dict[str, Sentence] = {}


def declare(name: str, sentence: Sentence) -> str:
    """Declare an action ``app.noun_verb`` with its sentence, e.g. ``_("Renamed the community")``.

    Returns the name, so that a module writes ``RENAMED = declare("registry.community_rename", …)``.

    Raises:
        ValueError: the name is declared already with another sentence.
    """
    known = ACTIONS.setdefault(name, sentence)
    if str(known) != str(sentence):
        raise ValueError(f"journal action {name} is declared twice")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One audit row before it is written."""

    action: str
    actor: Actor
    at: datetime
    target_type: str = ""  # app.model
    target_id: str = ""
    target_label: str = ""
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    personal: bool = False  # personal data was read in clear
    result: str = "done"  # done or refused
    district_id: int | None = None
    subdistrict_id: int | None = None
    committee_id: int | None = None


def record(
    *,
    actor: Actor,
    action: str,
    at: datetime,
    target: Model | None = None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    personal: bool = False,
    result: str = "done",
) -> None:
    """Write one audit row in the current transaction.

    Args:
        actor: in whose name.
        action: a declared name.
        at: the instant of the act (the caller's clock).
        target: the row acted on; its place is copied when it has one.
        reason: the words the person gave, where the act asks for a reason.
        changes: field → [before, after]; never personal data in clear.
        personal: true when personal data was shown in clear.
        result: ``done`` or ``refused``.

    Raises:
        KeyError: the action was never declared.
    """
    if action not in ACTIONS:
        raise KeyError(f"journal action {action} is not declared")
    JOURNAL.get()(
        entry=Entry(
            action=action,
            actor=actor,
            at=at,
            target_type=target._meta.label_lower if target is not None else "",
            target_id=str(target.pk) if target is not None else "",
            target_label=str(getattr(target, "journal_label", "")) if target is not None else "",
            reason=reason,
            changes=dict(changes or {}),
            personal=personal,
            result=result,
            district_id=getattr(target, "district_id", None),
            subdistrict_id=getattr(target, "subdistrict_id", None),
            committee_id=getattr(target, "committee_id", None),
        )
    )
