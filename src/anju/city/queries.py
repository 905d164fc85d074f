"""What the demo tells about itself: its sign-ins."""

from __future__ import annotations

from django.conf import settings

from .demo.cast import DemoAccount, accounts_kept


def demo_accounts() -> list[DemoAccount]:
    """One sign-in per role, in the demo only; printed by ``make demo`` and on its sign-in page."""
    return accounts_kept() if settings.DEMO else []
