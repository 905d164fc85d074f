"""docs/processes/ is what the state tables say."""

from pathlib import Path

import pytest
from django.conf import settings

from anju.flow.diagrams import flows, process_page

FOLDER = Path(settings.ROOT) / "docs" / "processes"


@pytest.mark.parametrize("flow", flows(), ids=lambda flow: flow.name)
def test_the_drawing_is_current(flow):
    drawn = FOLDER / f"{flow.name}.md"
    assert drawn.exists(), "run anju processes-document"
    assert drawn.read_text(encoding="utf-8") == process_page(flow), "run anju processes-document"


def test_no_drawing_is_left_of_a_process_that_is_gone():
    assert {path.stem for path in FOLDER.glob("*.md")} == {flow.name for flow in flows()}
