"""Sheets people bring in by the thousand, one module a noun. No database."""

from __future__ import annotations

from . import communities, homes, owners
from .layout import Layout, Problem, problem_sentences, template_xlsx
from .reading import raw_rows

LAYOUTS: dict[str, Layout] = {
    layout.kind: layout for layout in (homes.LAYOUT, communities.LAYOUT, owners.LAYOUT)
}

__all__ = ["LAYOUTS", "Layout", "Problem", "problem_sentences", "raw_rows", "template_xlsx"]
