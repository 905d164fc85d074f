"""How a state looks: word, shape, tone. The table stands beside the states it is for.

An app's ``states.py`` declares, next to a ``TextChoices``::

    APPEARANCE = {ContractState.DRAFT: ("s-draft", ""), ContractState.FILED: ("s-done", "good")}

Members of two enumerations with the same value are the same key of a dictionary: an app with such
states declares pairs, ``APPEARANCE = [(CommunityState.ACTIVE, ("s-done", "good")), …]``.

``{% state contract.state %}`` finds it by the enumeration, or by the field's model and name when
the value is a plain string: ``{% state contract "state" %}``.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from importlib import import_module

from django.apps import apps
from django.db.models import Choices, Model
from django.utils.module_loading import module_has_submodule

SHAPES = (
    "s-draft",
    "s-open",
    "s-doing",
    "s-wait",
    "s-public",
    "s-sealed",
    "s-done",
    "s-fail",
    "s-late",
    "s-filed",
    "s-void",
)
TONES = ("", "tile", "lamp", "good", "bad")
PLAIN = ("s-open", "")


@lru_cache(maxsize=1)
def tables() -> dict[tuple[str, str, str], tuple[str, str]]:
    """(module, class, value) → (shape, tone), from every app's ``states.py``."""
    found: dict[tuple[str, str, str], tuple[str, str]] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("anju.") and module_has_submodule(config.module, "states"):
            module = import_module(f"{config.name}.states")
            said = getattr(module, "APPEARANCE", {})
            for member, look in said.items() if isinstance(said, dict) else said:
                found[(type(member).__module__, type(member).__qualname__, member.value)] = look
    return found


def look(member: Enum) -> tuple[str, str]:
    """Shape and tone of a state; a plain ring when its app has not said."""
    key = (type(member).__module__, type(member).__qualname__, member.value)
    return tables().get(key, PLAIN)


@lru_cache(maxsize=512)
def enumeration(model: type[Model], field: str) -> type[Choices] | None:
    """The enumeration a field was declared with: the one of its app that has the same values."""
    values = [value for value, _label in model._meta.get_field(field).flatchoices]  # type: ignore[union-attr]
    config = apps.get_app_config(model._meta.app_label)
    if not values or not module_has_submodule(config.module, "states"):
        return None
    for found in vars(import_module(f"{config.name}.states")).values():
        if isinstance(found, type) and issubclass(found, Choices) and found.values == values:
            return found
    return None


def stored_state(row: Model, field: str) -> Choices | str:
    """A row's state as a member of its enumeration, else the words of its choice."""
    raw = getattr(row, field)
    if isinstance(raw, Enum):
        return raw  # type: ignore[return-value]
    kind = enumeration(type(row), field)
    if kind is not None and raw in kind.values:
        return kind(raw)
    return str(dict(row._meta.get_field(field).flatchoices).get(raw, raw or ""))  # type: ignore[union-attr]
