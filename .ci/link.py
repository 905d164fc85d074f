"""Puts src on the virtual environment's path and writes its command anju."""

import sysconfig
from pathlib import Path

root = Path(__file__).resolve().parent.parent
# Read back by Python in the encoding of the terminal's language, so the path is written in it.
Path(sysconfig.get_path("purelib"), "anju.pth").write_text(f"{root / 'src'}\n")
command = Path(sysconfig.get_path("scripts"), "anju")
# By a shell beside it: the kernel's first line takes neither blanks nor a long path.
command.write_text(
    """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/python" -m anju.config.cli "$@"
"""
)
command.chmod(0o755)
