"""What the command line says: help in both languages, and kind words for what goes wrong."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from anju.config import cli, demo, manual
from anju.config.postgres import LauncherError
from anju.config.words import chinese, explain

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{2,}")


def run(monkeypatch, capsys, language: str, *arguments: str) -> tuple[int, str]:
    monkeypatch.setenv("ANJU_LANGUAGE", language)
    monkeypatch.setattr(sys, "argv", ["anju", *arguments])
    status = cli.main()
    told = capsys.readouterr()
    return status, told.out + told.err


def every_command() -> list[str]:
    import django

    django.setup()
    return [*manual.PAGES, *manual.further()]


@pytest.mark.parametrize(
    ("values", "han"),
    [
        ({"ANJU_LANGUAGE": "zh", "LANG": "en_GB.UTF-8"}, True),
        ({"ANJU_LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}, True),
        ({"LC_MESSAGES": "zh_CN.UTF-8"}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({}, False),
    ],
)
def test_the_terminal_says_which_language(monkeypatch, values, han):
    for name in ("ANJU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert chinese() is han


def test_help_lists_every_command_in_both_languages(monkeypatch, capsys):
    for language in ("en", "zh"):
        status, told = run(monkeypatch, capsys, language, "help")
        assert status == 0
        for name in every_command():
            lines = [line for line in told.splitlines() if line.startswith(f"  anju {name} ")]
            assert len(lines) == 1, (language, name)
            summary = lines[0].removeprefix(f"  anju {name} ")
            assert bool(HAN.search(summary)) is (language == "zh"), lines


def test_help_of_each_command_is_in_both_languages(monkeypatch, capsys):
    for name in every_command():
        for asked in (("help", name), (name, "--help")):
            _status, english = run(monkeypatch, capsys, "en", *asked)
            assert english.startswith(f"anju {name}")
            assert not HAN.search(english), english
            _status, han = run(monkeypatch, capsys, "zh", *asked)
            # The first line is what to type; below it every line explains.
            explained = [line for line in han.splitlines()[1:] if line.strip()]
            assert explained
            assert not [line for line in explained if not HAN.search(line)], han


def test_asking_for_help_starts_nothing(monkeypatch, capsys):
    for name in cli.COMMANDS:
        monkeypatch.setitem(cli.COMMANDS, name, lambda _arguments: pytest.fail("it was started"))
        assert run(monkeypatch, capsys, "en", name, "--help")[0] == 0


def test_an_unknown_command_is_named(monkeypatch, capsys):
    status, told = run(monkeypatch, capsys, "zh", "nonsense")
    assert status == 2
    assert "nonsense" in told
    assert HAN.search(told)


def test_a_database_that_is_away_is_said_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(
        cli.COMMANDS, "serve", lambda _arguments: __import__("psycopg").connect(nobody_there())
    )
    status, told = run(monkeypatch, capsys, "en", "serve")
    assert status == 1
    assert "anju db start" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("InsufficientPrivilege", "anju_migrate"), ("UndefinedTable", "anju setup-database")],
)
def test_the_wrong_role_and_missing_tables_are_explained(monkeypatch, capsys, name, sentence):
    import psycopg
    from django.db.utils import ProgrammingError

    def fail(_arguments):
        raise ProgrammingError("x") from getattr(psycopg.errors, name)("relation audit_event")

    monkeypatch.setitem(cli.COMMANDS, "serve", fail)
    for language in ("en", "zh"):
        status, told = run(monkeypatch, capsys, language, "serve")
        assert status == 1
        assert sentence in told
        assert "relation audit_event" in told
        assert bool(HAN.search(told)) is (language == "zh")


def nobody_there() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"postgresql://a:b@127.0.0.1:{probe.getsockname()[1]}/c"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_full_disk_and_a_shut_folder_are_explained(monkeypatch, capsys, number):
    def fail(_arguments):
        raise OSError(number, "x", "/somewhere/var")

    monkeypatch.setitem(cli.COMMANDS, "setup", fail)
    status, told = run(monkeypatch, capsys, "en", "setup")
    assert status == 1
    assert "/somewhere/var" in told
    assert "Traceback" not in told


def test_other_mistakes_are_not_hidden():
    assert explain(OSError(errno.EIO, "x")) is None


@pytest.mark.parametrize("text", ["0", "65536", "http", "", "-1", "８０００"])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(LauncherError, match="PORT="):
        demo.port_of(text)


def test_a_taken_port_names_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LauncherError, match=rf"{port}.*PORT=\d+ make demo"):
            demo.port_of(str(port))
    assert demo.port_of(str(port)) == str(port)


def test_two_demos_in_one_folder_are_refused(tmp_path):
    with (tmp_path / "demo.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(LauncherError, match="already"), demo._alone(tmp_path):
            pass
        (tmp_path / "kept").touch()
        with pytest.raises(LauncherError, match="already"):
            demo.demo_reset(tmp_path)
        assert (tmp_path / "kept").exists()
    with demo._alone(tmp_path):
        pass


def test_a_disk_with_little_room_is_said_before_anything_is_written(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(300_000_000))
    with pytest.raises(LauncherError, match="300 MB"):
        demo._room(tmp_path, new=True)
    demo._room(tmp_path, new=False)


def test_the_command_anju_runs_from_a_path_with_blanks_and_chinese(tmp_path):
    clone = tmp_path / "物业 平台" / ("long" * 40)
    (clone / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "link.py", clone / ".ci" / "link.py")
    (clone / "src").symlink_to(ROOT / "src")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", clone / ".venv"],
        check=True,
    )
    python = clone / ".venv" / "bin" / "python"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([python, ".ci/link.py"], cwd=clone, env=environment, check=True)
    environment["PYTHONPATH"] = os.pathsep.join(
        path for path in sys.path if "site-packages" in path
    )
    told = subprocess.run(
        [clone / ".venv" / "bin" / "anju", "db", "nonsense"],
        cwd="/",
        env=environment | {"ANJU_VAR": str(tmp_path / "var"), "ANJU_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2, told.stderr
    assert told.stdout.startswith("anju db start")


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [("has venv", "python3.11-venv"), ("", "is not Python")],
)
def test_what_make_says_of_a_python_that_will_not_do(tmp_path, broken, sentence):
    """A Python without venv, and one that is too old, each told in one line."""
    python = tmp_path / "python"
    if broken:
        python.write_text(
            '#!/bin/sh\ncase "$2" in *version_info*print*|*print*) echo 3.11;; '
            "*version_info*) exit 0;; *) exit 1;; esac\n"
        )
    else:
        python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    (tmp_path / ".ci").mkdir()
    for name in ("Makefile", ".ci/venv", ".ci/link.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").touch()
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    told = subprocess.run(
        ["make", "demo", f"PYTHON={python}"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "ANJU_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode
    assert sentence in told.stderr, told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / ".venv").exists()
