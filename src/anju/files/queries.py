"""Reads: the files attached to a thing, as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from anju.access.models import User
from anju.core.actors import Actor
from anju.core.errors import Sentence

from . import policies
from .models import StoredFile
from .purposes import PURPOSES, Purpose
from .rules import size_words


@dataclass(frozen=True, slots=True)
class Line:
    """One file as a line of the list."""

    file: StoredFile
    size: str
    who: str
    may_open: bool
    may_take_back: bool
    why_not: Sentence


@dataclass(frozen=True, slots=True)
class Part:
    """The files of one purpose, and where more are added or why not."""

    name: str
    label: str | Promise
    lines: list[Line]
    add: str
    shut: Sentence


def attachments(actor: Actor, owner: Any) -> list[Part]:
    """What is attached to a thing the actor sees, by purpose; purposes of others are left out."""
    label = owner._meta.label_lower
    files = list(StoredFile.objects.visible_to(actor).of(owner).order_by("created_at", "pk")[:500])
    people = dict(
        User.objects.filter(pk__in={f.uploaded_by_id for f in files}).values_list("pk", "full_name")
    )
    parts = []
    for purpose in PURPOSES.values():
        if purpose.owner != label or (purpose.view and not actor.can(purpose.view)):
            continue
        own = [_line(actor, file, owner, people) for file in files if file.purpose == purpose.name]
        parts.append(_part(actor, purpose, owner, own))
    return parts


def _part(actor: Actor, purpose: Purpose, owner: Any, lines: list[Line]) -> Part:
    may = purpose.may_add(actor, owner)
    return Part(
        purpose.name.replace(".", "-"),
        str(purpose.label),
        lines,
        reverse("files:attach", args=[owner.pk, purpose.name]) if may else "",
        "" if may else may.reason,  # type: ignore[union-attr]
    )


def _line(actor: Actor, file: StoredFile, owner: Any, people: dict[int, str]) -> Line:
    may = policies.may_take_back(actor, file, owner)
    return Line(
        file,
        size_words(file.size),
        people.get(file.uploaded_by_id or 0, "—"),
        bool(policies.may_open(file)),
        bool(may),
        "" if may else may.reason,  # type: ignore[union-attr]
    )
