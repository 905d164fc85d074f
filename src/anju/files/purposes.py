"""What files are for. Each app declares its purposes when it is ready::

    declare(
        "registry.community_photo",
        label=_("Photograph of a community"),
        owner="registry.community",
        kinds={"image"},
        view=perm("registry:community_view"),
        may_add=policies.may_change_community,
        page="registry:community",
    )

Who holds ``view`` and may see the owning object may see its files; ``may_add(actor, owner)`` says
who may add some, and take some back, until :func:`anju.files.services.files_freeze` keeps them
with a decision. ``page`` is the address of the owner's page, by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from anju.core.actors import Actor
from anju.core.decisions import Decision
from anju.core.errors import Sentence

from . import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A declared purpose."""

    name: str
    label: Sentence
    owner: str  # app.model
    kinds: frozenset[str]
    may_add: Callable[[Actor, Any], Decision]
    view: str = ""  # a permission
    page: str = ""  # name of the owner's address
    title: Callable[[Any], str] = str  # what the owner is called on pages
    limit: int = 0
    personal: bool = False  # opening one is logged as reading personal data


PURPOSES: dict[str, Purpose] = {}


def declare(
    name: str,
    *,
    label: Sentence,
    owner: str,
    kinds: Collection[str],
    may_add: Callable[[Actor, Any], Decision],
    view: str = "",
    page: str = "",
    title: Callable[[Any], str] = str,
    limit: int = 0,
    personal: bool = False,
) -> str:
    """Declare a purpose and return its name.

    Raises:
        ValueError: the name is declared already, or a kind is unknown.
    """
    if name in PURPOSES:
        raise ValueError(f"file purpose {name} is declared twice")
    if not set(kinds) <= set(rules.LIMITS):
        raise ValueError(f"file purpose {name} names an unknown kind")
    PURPOSES[name] = Purpose(
        name=name,
        label=label,
        owner=owner.lower(),
        kinds=frozenset(kinds),
        may_add=may_add,
        view=view,
        page=page,
        title=title,
        limit=limit,
        personal=personal,
    )
    return name
