"""Anchor the head of the audit now, and say where."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.audit.services import anchors_file, head_anchor
from anju.core.actors import SYSTEM


class Command(BaseCommand):
    help = gettext_lazy("Write the head of the audit to the anchors file outside the database.")  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        anchor = head_anchor(actor=SYSTEM, at=timezone.now())
        if anchor is None:
            self.stdout.write(_("Nothing new to anchor."))
        else:
            self.stdout.write(f"{anchor.block_number} {anchor.block_hash} → {anchors_file()}")
