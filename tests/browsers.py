"""Two browsers for the tests: the machine's Chromium, and a real Chromium 91.

Domestic terminals carry Chromium 90 and later; the package that brings 91 is the oldest at hand.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TODAY, OLDEST = "chromium", "chromium-91"
# Playwright asks parts of a page whether they are visible by a method that came with Chromium 105.
# Only a selector engine is read into the world it works in; this one finds nothing.
VISIBLE = """(() => {
  if (!Element.prototype.checkVisibility) {
    Element.prototype.checkVisibility = function () { return this.getClientRects().length > 0 }
  }
  return { query: () => null, queryAll: () => [] }
})()"""


def todays_path() -> str:
    """Path of the machine's Chromium; the test is left out where there is none."""
    from tests.run import installed_browser

    path = os.environ.get("ANJU_BROWSER") or installed_browser()
    if path is None:
        pytest.skip("no browser on this machine")
    return path


def oldest_path() -> str:
    """Path of Chromium 91, unpacked on its first use.

    Raises:
        Failed: the package that carries it is not installed.
    """
    import brotli

    packed = Path(settings.ROOT) / "node_modules" / "chrome-aws-lambda" / "bin"
    if not packed.exists():
        pytest.fail("node_modules is missing: npm ci")
    home = Path(settings.ROOT) / "var" / "chromium91"
    if not (home / "chromium").exists():
        home.mkdir(parents=True, exist_ok=True)
        for name in ("aws", "swiftshader"):
            data = brotli.decompress((packed / f"{name}.tar.br").read_bytes())
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                archive.extractall(home, filter="data")
        part = home / "chromium.part"
        part.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
        part.chmod(0o755)
        part.rename(home / "chromium")
    return str(home / "chromium")


@contextmanager
def launched(engine: Any, name: str = TODAY) -> Iterator[Any]:
    """One of the two browsers, closed afterwards."""
    if name == OLDEST:
        engine.selectors.register("visible-of-old", script=VISIBLE, content_script=True)
        browser = engine.chromium.launch(executable_path=oldest_path(), args=FLAGS)
    else:
        browser = engine.chromium.launch(executable_path=todays_path(), args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()
