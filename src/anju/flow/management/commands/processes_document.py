"""``anju processes-document``: draw docs/processes/ from the state tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy as _

from anju.flow.diagrams import flows, process_page


class Command(BaseCommand):
    help = _("Draw the processes from their state tables.")  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.ROOT) / "docs" / "processes"
        folder.mkdir(parents=True, exist_ok=True)
        for flow in flows():
            (folder / f"{flow.name}.md").write_text(process_page(flow), encoding="utf-8")
            self.stdout.write(f"docs/processes/{flow.name}.md")
