from __future__ import annotations

from typing import Any

import pytest

from anju.core.ports import JOURNAL, MESSENGER


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Messages put in the outbox during the test."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(MESSENGER, "_answer", lambda **message: sent.append(message))
    return sent


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Audit rows written during the test."""
    rows: list[Any] = []
    monkeypatch.setattr(JOURNAL, "_answer", lambda *, entry: rows.append(entry))
    return rows
