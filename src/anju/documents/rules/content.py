"""What stands on a paper: the same values fill the PDF and the Word file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph; a heading when ``heading`` is set."""

    text: str
    heading: bool = False
    kind: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Labels and values, in two columns."""

    rows: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A three-line table. ``left`` names the columns that are words; the others are figures."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] = ()
    left: tuple[int, ...] = (0,)
    kind: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its figure now, and before where that is told."""

    label: str
    now: int
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Bars from zero: solid for now, hatched for before."""

    rows: tuple[Bar, ...]
    caption: str
    kind: str = "bars"


Block = Text | Facts | Table | Bars


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The body of a paper.

    Attributes:
        head: the red words on top; empty for a paper without a red head.
        title: what it is about.
        to: whom it is written to.
        blocks: text, facts, tables and bars in order.
        foot: words beside the QR code, under the sentence that says what it is for.
    """

    head: str
    title: str
    blocks: tuple[Block, ...]
    to: str = ""
    foot: str = ""
    words: dict[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Plain values for templates and for keeping."""
        return asdict(self)


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in nested values, with where it stands, e.g. ``blocks.2.rows.0.1``."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{path}.{index + 1}" if path else str(index + 1))
