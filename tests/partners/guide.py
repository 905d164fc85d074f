"""The example of docs/partners.md, taken out of the page and run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "partners.md"


def example() -> Callable[..., Any]:
    """The function ``verified`` as the guide prints it."""
    code = next(
        block
        for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
        if "def verified" in block
    )
    found: dict[str, Any] = {}
    exec(compile(code, str(GUIDE), "exec"), found)
    verified: Callable[..., Any] = found["verified"]
    return verified
