"""A folder of keys of its own, and the journal rows a test may read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from anju.core.ports import JOURNAL, MESSENGER


@pytest.fixture(autouse=True)
def sentences_in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def secrets(tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.getbasetemp() / "secrets"
    monkeypatch.setenv("ANJU_SECRETS", str(folder))


@pytest.fixture(autouse=True)
def journal_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    rows: list[Any] = []
    monkeypatch.setattr(JOURNAL, "_answer", lambda *, entry: rows.append(entry))
    return rows


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Messages put in the outbox during the test."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(MESSENGER, "_answer", lambda **message: sent.append(message))
    return sent
