"""Check an export; the same as running audit_verify.py alone."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from anju.audit.audit_verify import main


class Command(BaseCommand):
    help = "Check an export of the audit against its seals and anchors."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--anchors")
        parser.add_argument("--part", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        given = [options["file"]]
        if options["anchors"]:
            given += ["--anchors", options["anchors"]]
        if options["part"]:
            given.append("--part")
        code = main(given)
        if code:
            sys.exit(code)
