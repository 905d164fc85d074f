"""``anju demo-accounts``: the demo's sign-ins, each with its code of this moment."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.access.states import Role
from anju.city.demo.cast import accounts_kept
from anju.city.rules.totp import code_at


class Command(BaseCommand):
    help = gettext_lazy("Print one sign-in per role of the demo, with the code of this moment.")  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = accounts_kept()
        if not accounts:
            raise CommandError(_("There is no demo here. Make one with make demo."))
        now = int(timezone.now().timestamp())
        labels = dict(Role.choices)
        rows = [
            (
                str(labels.get(account.role, account.role)),
                account.username,
                account.password,
                code_at(account.totp_secret, now) if account.totp_secret else "—",
                account.totp_secret or "—",
            )
            for account in accounts
        ]
        head = (_("Role"), _("Sign-in name"), _("Password"), _("Code now"), _("Second factor"))
        for line in table((head, *rows)):
            self.stdout.write(line)


def table(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    """Lines with the columns under each other; a Chinese character takes two places."""
    columns = [max(map(width, column)) + 2 for column in zip(*rows, strict=True)]
    return [
        "".join(
            text + " " * (column - width(text)) for text, column in zip(row, columns, strict=True)
        ).rstrip()
        for row in rows
    ]


def width(text: str) -> int:
    """Places of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
