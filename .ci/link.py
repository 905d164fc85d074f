"""Puts src on the virtual environment's path and writes its command anju."""

import sys
import sysconfig
from pathlib import Path

root = Path(__file__).resolve().parent.parent
Path(sysconfig.get_path("purelib"), "anju.pth").write_text(f"{root / 'src'}\n")
command = Path(sysconfig.get_path("scripts"), "anju")
command.write_text(
    f"#!{sys.executable}\nfrom anju.config.cli import main\n\nraise SystemExit(main())\n"
)
command.chmod(0o755)
