"""Journal rows a test may read, and people of one district."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from anju.access.models import Organisation
from anju.access.states import OrganisationKind, Role
from anju.core.actors import Actor
from anju.core.ports import JOURNAL
from anju.flow import kinds
from anju.flow.kinds import PublicityKind
from anju.reference.models import Area
from anju.registry.models import ManagementArea
from tests.factories import registry as make
from tests.factories.access import make_organisation

AT = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture(autouse=True)
def sentences_in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def secrets(tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path_factory.getbasetemp() / "secrets"))


@pytest.fixture(autouse=True)
def journal_rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    rows: list[Any] = []
    monkeypatch.setattr(JOURNAL, "_answer", lambda *, entry: rows.append(entry))
    return rows


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys of the notices whose owner was told that the show ended."""
    told: list[int] = []
    kind = PublicityKind(
        name="tests.notice",
        label="Notice",
        days_min=7,
        basis="the test",
        ended=lambda *, publicity, actor, at: told.append(publicity.pk),
    )
    monkeypatch.setitem(kinds.KINDS, kind.name, kind)
    return told


@dataclass
class District:
    """A district's office with two clerks, a resident, and a management area in it."""

    area: Area
    office: Organisation
    clerk: Actor
    other_clerk: Actor
    resident: Actor
    subject: ManagementArea


@pytest.fixture
def district(db: None) -> District:
    subject = make.make_management_area()
    area = subject.district
    office = make_organisation(kind=OrganisationKind.DISTRICT, name="云山区住建局", area=area)
    clerks = [
        make.make_actor(Role.DISTRICT_CLERK, area, organisation_id=office.pk) for _ in range(2)
    ]
    resident = make.make_actor(Role.OWNER, None)
    return District(area, office, clerks[0], clerks[1], resident, subject)
