"""Break one line after the other in a copy of the tree; a test must notice each.

Usage: python -m torture.mutants [share]
At a share below one a part of the list is tried, another part with every commit. Exit code 1 when
a mutant survives, or when the tests fail on the unbroken copy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from anju.config import setup
from anju.config.postgres import Server, to_terminal

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Mutant:
    """One broken line: in a file of the package, what stands there, what stands instead."""

    file: str
    old: str
    new: str
    tests: str

    def __str__(self) -> str:
        return f"{self.file}: {self.old.strip().splitlines()[0][:70]}"


SHOW, TASKS = "tests/flow/test_publicity.py", "tests/flow/test_todos.py"
GUARDS, EVERY = "tests/registry/test_guards.py", "tests/architecture/test_every_service_refuses.py"
EYES = "tests/registry/test_two_pairs_of_eyes.py"
FILED = "tests/contracts"
NEVER = "if False:"

MUTANTS = (
    Mutant(
        "flow/services.py",
        "if publicity.objections.filter(state=ObjectionState.RECEIVED).exists():",
        NEVER,
        SHOW,
    ),
    Mutant("flow/services.py", "if legal_day(at) <= publicity.ends_on:", NEVER, SHOW),
    Mutant(
        "flow/policies.py",
        "if objection.publicity.organiser_id != actor.organisation_id:",
        NEVER,
        SHOW,
    ),
    Mutant("flow/policies.py", " or today > publicity.ends_on", "", SHOW),
    Mutant("flow/policies.py", "if organiser.pk != actor.organisation_id:", NEVER, SHOW),
    Mutant(
        "flow/queries.py",
        "return objections.filter(raised_by_id=actor.user_id)",
        "return objections",
        SHOW,
    ),
    Mutant("flow/models.py", "return self.filter(mine)", "return self", TASKS),
    Mutant(
        "contracts/services/contracts.py",
        "    _may_still_be_contracted(contract, at)\n    filing_number",
        "    filing_number",
        FILED,
    ),
    Mutant(
        "contracts/policies.py",
        "if filing.submitted_by_id is not None and filing.submitted_by_id == actor.user_id:",
        NEVER,
        FILED,
    ),
    Mutant(
        "registry/policies.py",
        'return Denied(_("Only the person who proposed the change may withdraw it."))',
        "return Allowed()",
        EYES,
    ),
    Mutant(
        "registry/policies.py",
        "if actor.user_id is not None and actor.user_id == change.proposed_by_id:\n"
        "        return Denied",
        "if False:\n        return Denied",
        EYES,
    ),
    Mutant("registry/services/changes.py", "        _still_stands(change, target)\n", "", EYES),
    Mutant(
        "registry/services/companies.py",
        "if company.projects.filter(",
        "if False and company.projects.filter(",
        GUARDS,
    ),
    Mutant(
        "registry/services/communities.py",
        "if Unit.objects.filter(community=community, state=UnitState.ACTIVE).exists():",
        NEVER,
        GUARDS,
    ),
    Mutant("registry/services/managers.py", "if leads.exists():", NEVER, GUARDS),
    Mutant("registry/services/projects.py", "if not works.exists():", NEVER, GUARDS),
    Mutant(
        "registry/services/projects.py",
        "if row.projects.filter(period__overlap=DateRange(on_day, None)).exists():",
        NEVER,
        GUARDS,
    ),
    Mutant(
        "registry/services/phones.py",
        "may(actor, SEPARATE, keeper).require()",
        "may(actor, SEPARATE).require()",
        EVERY,
    ),
    Mutant(
        "access/queries.py",
        'name.endswith("_view")',
        "True",
        "tests/access/test_posts_and_administrators.py",
    ),
)


def copied(folder: Path) -> Path:
    """The tree as git lists it, with the installed parts linked in."""
    tree = folder / "tree"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        there = tree / name
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes((ROOT / name).read_bytes())
    for name in ("node_modules", "frontend/build"):
        if (ROOT / name).exists():
            (tree / name).symlink_to(ROOT / name)
    (tree / "var" / "static").mkdir(parents=True)
    # Before pytest: Django reads a catalogue once, when the first sentence is asked for.
    subprocess.run(
        [sys.executable, "-c", "from anju.config.setup import *; translations_compile()"],
        env=os.environ | {"PYTHONPATH": str(tree / "src")},
        check=True,
    )
    return tree


def chosen(share: float) -> list[Mutant]:
    """All, or every so many, beginning at a place that moves with the commit."""
    if share >= 1:
        return list(MUTANTS)
    step = max(1, round(1 / max(share, 0.01)) // 2)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return list(MUTANTS[int(head[:6] or "0", 16) % step :: step])


def tried(tree: Path, tests: list[str], *more: str, loud: bool = False) -> int:
    """Exit status of the tests over the copy."""
    environment = os.environ | {
        "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}",
        "ANJU_SECRETS": str(tree / "var" / "secrets"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not browser", *more, *tests],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):  # neither passed nor failed: the tests could not run
        sys.stdout.write(done.stdout[-2000:] + done.stderr[-2000:])
        raise RuntimeError(f"pytest ended with {done.returncode}")
    if done.returncode and loud:
        sys.stdout.write(done.stdout[-3000:])
    return done.returncode


def main() -> int:
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    mutants = chosen(share)
    setup.translations_compile()
    server = Server(ROOT / "var" / "mutants", say=to_terminal)
    server.start(supervised=True)
    os.environ["DATABASE_URL"] = server.url(database="postgres")
    survived = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            tree = copied(Path(folder))
            tests = sorted({mutant.tests for mutant in mutants})
            if tried(tree, tests, "--create-db", "--reuse-db", loud=True):
                sys.stdout.write("The tests fail on the unbroken tree.\n")
                return 1
            for mutant in mutants:
                path = tree / "src" / "anju" / mutant.file
                sound = path.read_text("utf-8")
                if sound.count(mutant.old) != 1:
                    survived.append(mutant)
                    sys.stdout.write(f"not found once   {mutant}\n")
                    continue
                path.write_text(sound.replace(mutant.old, mutant.new), "utf-8")
                began = time.monotonic()
                noticed = tried(tree, [mutant.tests], "--reuse-db") == 1
                path.write_text(sound, "utf-8")
                word = "noticed" if noticed else "SURVIVED"
                sys.stdout.write(f"{word:9}{time.monotonic() - began:5.0f} s  {mutant}\n")
                sys.stdout.flush()
                if not noticed:
                    survived.append(mutant)
    finally:
        server.stop()
    sys.stdout.write(f"{len(mutants) - len(survived)} of {len(mutants)} mutants noticed\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
