"""Processes drawn from their state tables, for docs/processes/."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.utils import translation
from django.utils.module_loading import module_has_submodule

from .states import Flow


def flows() -> list[Flow]:
    """Every state table that an app's ``states.py`` declares, by name."""
    found: dict[str, Flow] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("anju.") and module_has_submodule(config.module, "states"):
            for thing in vars(import_module(f"{config.name}.states")).values():
                if isinstance(thing, Flow):
                    found[thing.name] = thing
    return [found[name] for name in sorted(found)]


def process_page(flow: Flow) -> str:
    """The page of one process: its diagram, then each move with what it asks for."""
    with translation.override("en"):
        rows = [
            "| Move | From | To | Permission | Reason | Another person |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        labels = dict(flow.states.choices)
        for move in flow.moves:
            source = ", ".join(str(labels[s]) for s in flow.states.values if s in move.source)
            rows.append(
                f"| {move.label} (`{move.name}`) | {source} | {labels[move.target]} |"
                f" `{move.permission}` | {'yes' if move.reason else ''} |"
                f" {'yes' if move.other_person else ''} |"
            )
    head = f"# {flow.name}\n\nDrawn from the state table by `anju processes-document`.\n\n"
    return head + "```mermaid\n" + flow.diagram() + "```\n\n" + "\n".join(rows) + "\n"
