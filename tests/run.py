"""``make test``: a database and a browser where they can be had, then pytest.

The database is ``DATABASE_URL`` or our own embedded server in ``var/test``. The browser is an
installed Chromium, else Playwright's own, else Debian's where we are root; where none can be had
the browser tests are left out and the last lines say so. With ``CI`` set that is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]


def installed_browser() -> str | None:
    """Path of a Chromium on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def playwright_browser() -> str | None:
    """Path of the Chromium that Playwright brought, brought now if need be."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"],
            capture_output=True,
            timeout=180,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def debian_browser() -> str | None:
    """Path of Debian's Chromium, installed now where we are root."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
    return installed_browser()


def main() -> int:
    os.environ.setdefault("ANJU_SECRETS", str(ROOT / "var" / "test" / "secrets"))
    from anju.config import setup
    from anju.config.postgres import Server, to_terminal

    setup.translations_compile()
    setup.front_end_build(say=to_terminal)
    # Playwright's own Node asks for a library (libatomic) that a bare Debian has not; ours runs.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", setup._node()[0][0])
    server = None
    if "DATABASE_URL" not in os.environ:
        os.environ.setdefault("ANJU_PG_FAST", "1")
        server = Server(ROOT / os.environ.get("ANJU_TEST_VAR", "var/test"), say=to_terminal)
        server.start(supervised=True)
        os.environ["DATABASE_URL"] = server.url(database="postgres")
    browser = os.environ.get("ANJU_BROWSER") or installed_browser()
    if browser is None:
        browser = playwright_browser() or debian_browser()
    # The whole is shared among the processors by file; a part that was asked for is not.
    arguments = sys.argv[1:] or ["-n", "auto", "--dist", "loadfile"]
    if browser is None:
        if os.environ.get("CI"):
            to_terminal("No browser could be had, and CI never leaves browser tests out.")
            return 1
        arguments += ["-m", "not browser"]
    else:
        os.environ["ANJU_BROWSER"] = browser
    try:
        status = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False
        ).returncode
    finally:
        if server is not None:
            server.stop()
    if browser is None:
        to_terminal("No browser could be had: the browser tests were left out.")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
