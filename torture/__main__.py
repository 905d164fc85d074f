"""``make torture ARGS="--share 0.1 demo_kills"``: run the parts, keep a dated record.

A part is a module of this folder in ``PARTS`` with a ``main``; it gets its share as an argument.
"""

from __future__ import annotations

import argparse
import os
import sys

from .record import ROOT, Record

PARTS = ("demo_kills", "restore", "mutants")
# These need root and much of the network: they run only when they are named.
NAMED = ("bare_machine",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="torture")
    parser.add_argument("--share", type=float, default=1.0, help="part of the full size (CI: 0.1)")
    parser.add_argument(
        "parts",
        nargs="*",
        help=f"of {', '.join(PARTS)} (all when none is named), {', '.join(NAMED)}",
    )
    given = parser.parse_args()
    if unknown := set(given.parts) - {*PARTS, *NAMED}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    record = Record("torture", given.share)
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    for part in given.parts or PARTS:
        record.run(part, [sys.executable, "-m", f"torture.{part}", f"{given.share:g}"], environment)
    return record.close()


if __name__ == "__main__":
    raise SystemExit(main())
