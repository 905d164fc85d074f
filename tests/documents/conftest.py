"""A journal and a post office that only remember."""

from __future__ import annotations

from typing import Any

import pytest

from anju.core.ports import JOURNAL, MESSENGER


@pytest.fixture
def journal_rows(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    rows: list[Any] = []
    monkeypatch.setattr(JOURNAL, "_answer", lambda *, entry: rows.append(entry))
    return rows


@pytest.fixture
def messages_sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(MESSENGER, "_answer", lambda **message: sent.append(message))
    return sent
