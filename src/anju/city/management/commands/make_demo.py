"""``anju make-demo``: an invented city with a sign-in of every role; nothing when it is there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.city.demo.cast import accounts_kept, store
from anju.city.demo.show import show_make
from anju.city.demo.work import exports
from anju.city.making import Refusal, city_make
from anju.city.models import Making
from anju.city.rules.sizes import SIZES

from .make_city import ProgressLine


class Command(BaseCommand):
    help = gettext_lazy("Make the demo: an invented city and one sign-in per role.")  # type: ignore[assignment]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--size", choices=list(SIZES), default="demo", help=_("how many people")
        )
        parser.add_argument(
            "--seed", type=int, default=1, help=_("the same seed gives the same city")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        making = Making.objects.first()
        if making is None:
            line = ProgressLine()
            try:
                city_make(size=options["size"], seed=options["seed"], at=at, report=line)
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
            line.end()
        if not accounts_kept():
            self.stdout.write(_("Writing sign-ins and stories"))
            # What people find in the demo is Chinese, whatever the terminal speaks.
            with translation.override(settings.LANGUAGE_CODE):
                show_make(at=at)
                exports(at)
        self.stdout.write(_("The sign-ins are in %(file)s.") % {"file": store()})
