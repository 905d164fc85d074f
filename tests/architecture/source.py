"""The source tree as the architecture tests see it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "anju"

FLOORS = (
    ("core",),
    ("reference",),
    ("access",),
    ("ui",),
    ("audit", "jobs"),
    ("notices", "files"),
    ("documents", "exports"),
    ("flow",),
    ("registry",),
    ("contracts",),
    ("partners",),
    ("portal",),
    ("city",),
    ("config",),
)
LEVEL = {app: level for level, floor in enumerate(FLOORS) for app in floor}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules() -> list[Path]:
    """Every module of the package; migrations are records, not code to shape."""
    return sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)


def app_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def name_of(path: Path) -> str:
    """``registry/services/homes.py`` of a path."""
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    """``services`` of ``registry/services.py`` and of ``registry/services/homes.py``."""
    parts = path.relative_to(PACKAGE).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else ""


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(node: ast.AST) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield inner
