"""Sheets people bring in by the thousand, one module a noun. No database."""

from __future__ import annotations

from . import areas, communities, companies, homes, owners
from .layout import Layout, Problem, problem_sentences, template_xlsx
from .reading import raw_rows

LAYOUTS: dict[str, Layout] = {
    sheet.LAYOUT.kind: sheet.LAYOUT for sheet in (homes, communities, owners, companies, areas)
}

__all__ = ["LAYOUTS", "Layout", "Problem", "problem_sentences", "raw_rows", "template_xlsx"]
