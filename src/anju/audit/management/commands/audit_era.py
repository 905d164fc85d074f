"""After a restore into a new server: begin a new era of transaction numbers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from anju.audit.sealing import current_era


class Command(BaseCommand):
    help = gettext_lazy(
        "Run once after the database was restored into a new server; sealing then goes on."
    )  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            era = current_era() + 1
            cursor.execute(f"ALTER TABLE audit_event ALTER COLUMN era SET DEFAULT {era:d}")
        self.stdout.write(str(era))
