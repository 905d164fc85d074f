"""Check an export; the same as running audit_verify.py alone."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.audit.audit_verify import main


class Command(BaseCommand):
    help = gettext_lazy("Check an export of the audit against its seals and anchors.")  # type: ignore[assignment]
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help=_("an export of the audit"))
        parser.add_argument("--anchors", help=_("the anchors file; compares with it too"))
        parser.add_argument(
            "--part", action="store_true", help=_("the export ends before the newest block")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = [options["file"]]
        if options["anchors"]:
            given += ["--anchors", options["anchors"]]
        if options["part"]:
            given.append("--part")
        code = main(given)
        if code:
            sys.exit(code)
