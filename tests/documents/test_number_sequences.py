"""Eight desks issue papers at once: no number is skipped, none is given twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DataError, connections
from django.utils import timezone

from anju.access.models import Organisation
from anju.documents import services
from anju.documents.models import Paper
from anju.documents.rules.content import Content, Text
from tests.factories.reference import make_actor, make_city

THREADS, EACH = 8, 6


@pytest.mark.commits
def test_numbers_are_gapless_and_unique_under_eight_threads(
    committed_db: str, settings, tmp_path, monkeypatch
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    # The numbers are looked at here; two processors would only wait for the sheets.
    monkeypatch.setattr(services, "pdf_bytes", lambda values, **_: values["number"].encode())
    monkeypatch.setattr(
        services, "word_bytes", lambda values, **_: b"word" + values["code"].encode()
    )
    city = make_city()["city"]
    bureau = Organisation.objects.create(kind="bureau", name="云州市住房和城乡建设局", area=city)
    actor = make_actor("documents:paper_issue", organisation_id=bureau.pk)
    content = Content(head="", title="证明", blocks=(Text(text="无误"),))

    def issue(desk: int) -> int:
        failed = 0
        try:
            for turn in range(EACH):
                try:
                    services.paper_issue(
                        actor=actor,
                        kind="bulletin",
                        issuer=bureau,
                        area=city,
                        content=content,
                        # A language too long for its column fails after the number is given.
                        language="zh-hans" if (desk + turn) % 4 else "x" * 9,
                        at=timezone.now(),
                    )
                except DataError:
                    failed += 1
        finally:
            connections.close_all()
        return failed

    with ThreadPoolExecutor(THREADS) as pool:
        failed = sum(pool.map(issue, range(THREADS)))
    assert failed == THREADS * EACH // 4
    papers = Paper.objects.order_by("sequence")
    assert [paper.sequence for paper in papers] == list(range(1, THREADS * EACH - failed + 1))
    assert len({paper.number for paper in papers}) == THREADS * EACH - failed
