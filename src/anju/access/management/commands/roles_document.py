"""Write docs/roles.md from the registry of roles and permissions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy

from anju.access.roles import document


class Command(BaseCommand):
    help = gettext_lazy("Write docs/roles.md.")  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.ROOT) / "docs" / "roles.md"
        path.write_text(document(), encoding="utf-8")
        self.stdout.write(f"{path.name}\n")
