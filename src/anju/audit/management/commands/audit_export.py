"""Write the sealed blocks of a period to a file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.audit.queries import export_lines
from anju.core.time import day_start


class Command(BaseCommand):
    help = gettext_lazy(
        "Write the sealed audit blocks of a period to a file that audit_verify.py checks."
    )  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help=_("where to write"))
        parser.add_argument("--from", dest="since", help=_("first day, 2026-11-23"))
        parser.add_argument("--to", dest="until", help=_("last day"))

    def handle(self, *args: Any, **options: Any) -> None:
        since = _day(options["since"])
        until = _day(options["until"])
        if until is not None:
            until += timedelta(days=1)
        path: Path = options["file"]
        lines = 0
        with transaction.atomic(), path.open("wb") as file:
            for line in export_lines(since=since, until=until):
                file.write(line)
                lines += 1
        self.stdout.write(_("%(lines)s lines written to %(file)s") % {"lines": lines, "file": path})


def _day(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return day_start(date.fromisoformat(text))
    except ValueError as error:
        words = _("%(text)s is not a day. Write it as 2026-11-23.") % {"text": text}
        raise CommandError(words) from error
