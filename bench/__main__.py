"""``make bench ARGS="--share 0.1 registry_import"``: run the measurements, keep a dated record.

``DATABASE_URL`` names a database with a generated city; without it our own server gets one: of
full size, or the demo's at a share below a half. The limits hold at full size; a smaller run
shows that the measurement works, and its figures are not judged unless ``--judge`` is given.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import psycopg
from torture.record import ROOT, Record

from anju.config import setup
from anju.config.postgres import Server, to_terminal

# Module → its arguments at a share of the full size.
PARTS = {
    "registry_import": lambda share: [str(max(1000, int(100_000 * share)))],
    "registry_search": lambda share: [str(max(3, int(30 * share))), "8"],
    "unit_list": lambda share: [str(max(3, int(30 * share))), str(max(24, int(240 * share)))],
    "public_company": lambda share: [str(max(100, int(1200 * share)))],
    "audit_sealing": lambda share: [str(max(2, int(8 * share))), "3"],
}


def database() -> Server:
    """Our own server with roles and tables; ``DATABASE_URL`` of its owner is set."""
    var = ROOT / "var" / "bench"
    os.environ["ANJU_VAR"] = str(var)
    server = Server(var, say=to_terminal)
    server.start(supervised=True)
    setup.database_prepare(var, say=to_terminal)
    os.environ["DATABASE_URL"] = server.url("anju_migrate")
    return server


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--share", type=float, default=1.0, help="part of the full size (CI: 0.1)")
    parser.add_argument("--judge", action="store_true", help="fail above a limit at any size")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all when none is named")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    setup.translations_compile()
    server = None if "DATABASE_URL" in os.environ else database()
    try:
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        if server is not None:
            _city(given.share, environment)
        record = Record("bench", given.share)
        for part in given.parts or PARTS:
            command = [sys.executable, f"bench/{part}.py", *PARTS[part](given.share)]
            record.run(part, command, environment)
        status = record.close()
    finally:
        if server is not None:
            server.stop()
    judged = given.judge or given.share >= 1 or record.broken
    return status if judged else 0


def _city(share: float, environment: dict[str, str]) -> None:
    """A generated city, unless the database holds one."""
    with psycopg.connect(environment["DATABASE_URL"]) as session:
        row = session.execute("SELECT EXISTS (SELECT 1 FROM city_making)").fetchone()
    if row and row[0]:
        return
    size = "full" if share >= 0.5 else "demo"
    command = [sys.executable, "manage.py", "make_city", "--size", size]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    raise SystemExit(main())
