"""``anju make-city``: generate an invented city into an empty database."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.city.making import Refusal, city_make
from anju.city.rules.sizes import SIZES


class Command(BaseCommand):
    help = gettext_lazy("Generate an invented city into an empty database.")  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--size", choices=list(SIZES), default="full", help=_("how many people")
        )
        parser.add_argument(
            "--seed", type=int, default=1, help=_("the same seed gives the same city")
        )
        parser.add_argument(
            "--reset", action="store_true", help=_("empty the city generated before")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        line = ProgressLine()
        try:
            making = city_make(
                size=options["size"],
                seed=options["seed"],
                at=timezone.now(),
                reset=options["reset"],
                report=line,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        line.end()
        size = SIZES[making.size]
        self.stdout.write(
            _("%(homes)s homes and %(people)s people in %(seconds)s seconds.")
            % {
                "homes": f"{size.homes:,}",
                "people": f"{size.people:,}",
                "seconds": f"{time.monotonic() - began:.1f}",
            }
        )


class ProgressLine:
    """One line on a terminal, a line every ten seconds elsewhere."""

    def __init__(self) -> None:
        self.what = ""
        self.began = self.told = time.monotonic()

    def __call__(self, what: str, done: int, whole: int) -> None:
        now = time.monotonic()
        fresh = bool(what) and what != self.what
        if fresh:
            self.what, self.began = what, now
        if not fresh and done < whole and now - self.told < (0.4 if sys.stdout.isatty() else 10):
            return
        self.told = now
        text = self.what
        spent = now - self.began
        if whole > 1 and done:
            text += f" {done:,}/{whole:,}"
        if whole > 1_000 and done:
            rate = done / max(spent, 0.001)
            left = int((whole - done) / max(rate, 0.001))
            text += " · " + _("%(rate)s a second") % {"rate": f"{rate:,.0f}"}
            text += " · " + _("%(left)s left") % {"left": f"{left // 60}:{left % 60:02d}"}
        if sys.stdout.isatty():
            sys.stdout.write("\r\x1b[K" + text)
        else:
            sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def end(self) -> None:
        """Leave the line."""
        if sys.stdout.isatty():
            sys.stdout.write("\n")
