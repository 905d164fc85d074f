"""Checks that are not tests: migrations are made, every text is translated, catalogues are fresh.

``make check`` runs this. Fresh catalogues need gettext's own extractor; where it is missing
that one check is left out and says so, except in CI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "anju"
ENVIRONMENT = os.environ | {
    "DJANGO_SETTINGS_MODULE": "anju.config.settings",
    "PYTHONPATH": str(ROOT / "src"),
}


def migrations_made() -> list[str]:
    """Models without their migration."""
    # Only the models are read; the warning about the unreachable database is expected.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def catalogues() -> list[Path]:
    return sorted(PACKAGE.glob("**/locale/zh_Hans/LC_MESSAGES/*.po"))


def untranslated() -> list[str]:
    """Entries without Chinese, or with doubtful Chinese."""
    found = []
    for path in catalogues():
        for entry in polib.pofile(str(path)):
            if entry.obsolete:
                found.append(f"{path.relative_to(ROOT)}: obsolete: {entry.msgid[:60]}")
            elif entry.fuzzy or not entry.translated():
                found.append(f"{path.relative_to(ROOT)}: untranslated: {entry.msgid[:60]}")
    return found


def contradictions() -> list[str]:
    """English texts with several Chinese ones: Django merges the catalogues, so one would win."""
    seen: dict[tuple[str | None, str], dict[str, str]] = {}
    for path in catalogues():
        for entry in polib.pofile(str(path)):
            words = entry.msgstr or entry.msgstr_plural.get(0, "")
            seen.setdefault((entry.msgctxt, entry.msgid), {})[path.parents[3].name] = words
    return [
        f"several translations of “{msgid[:60]}”: {told}"
        for (_context, msgid), told in seen.items()
        if len(set(told.values())) > 1
    ]


def stale() -> list[str]:
    """Texts in code or templates that the catalogue does not hold, and the reverse."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "src" / "anju"
        shutil.copytree(PACKAGE, copy)
        for app in sorted({path.parents[3].name for path in catalogues()}):
            for domain in ("django", "djangojs"):
                path = PACKAGE / app / f"locale/zh_Hans/LC_MESSAGES/{domain}.po"
                if not path.exists():
                    continue
                done = subprocess.run(
                    [
                        sys.executable,
                        "-P",  # an app's queue.py must not stand in for Python's
                        "-W",
                        "ignore",
                        "-m",
                        "django",
                        "makemessages",
                        "-l",
                        "zh_Hans",
                        "-d",
                        domain,
                        "--no-obsolete",
                        "--no-wrap",
                        "--add-location=file",
                    ],
                    cwd=copy / app,
                    env=ENVIRONMENT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if done.returncode:
                    found.append(f"{app}: {done.stderr[-400:]}")
                    continue
                old = {(e.msgctxt, e.msgid) for e in polib.pofile(str(path))}
                fresh = copy / app / path.relative_to(PACKAGE / app)
                new = {(e.msgctxt, e.msgid) for e in polib.pofile(str(fresh))}
                found += [
                    f"{app}: not in the catalogue: {m[1][:60]}" for m in sorted(new - old, key=str)
                ]
                found += [f"{app}: no longer used: {m[1][:60]}" for m in sorted(old - new, key=str)]
    return found


def main() -> int:
    problems = [*migrations_made(), *untranslated(), *contradictions()]
    if shutil.which("xgettext"):
        problems += stale()
    elif os.environ.get("CI"):
        problems.append("gettext is missing, and CI never leaves its check out")
    else:
        sys.stdout.write("gettext is missing: whether catalogues are fresh was not checked.\n")
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"{len(problems)} problems in migrations and translations\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
