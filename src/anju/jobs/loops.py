"""What a worker repeats every few seconds: ``LOOPS`` of each app's ``tasks.py``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule


def found_loops() -> dict[str, tuple[Callable[[], Any], float]]:
    """Name → what to call and the seconds between two calls."""
    found: dict[str, tuple[Callable[[], Any], float]] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("anju.") and module_has_submodule(config.module, "tasks"):
            found |= getattr(import_module(f"{config.name}.tasks"), "LOOPS", {})
    return found
