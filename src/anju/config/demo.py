"""``make demo``: database, invented city, pages and worker in the foreground until Ctrl-C.

Every part ends when this process ends, however it ends (the kernel signals the children of a
killed parent), and this process ends every part when one of them does.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from . import setup
from .postgres import PR_SET_PDEATHSIG, LauncherError, Server, to_terminal

READY_SECONDS = 120


class Ended(Exception):
    """Ctrl-C, or a polite signal."""


_told = threading.Event()


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    # Raised inside a finaliser it would be swallowed; the loops look at the event as well.
    if not _told.is_set():
        _told.set()
        raise Ended


def _ended() -> None:
    if _told.is_set():
        raise Ended


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _child(
    name: str, command: list[str], environment: dict[str, str], log: Path
) -> subprocess.Popen[bytes]:
    out = (log / f"{name}.log").open("ab")
    return subprocess.Popen(  # noqa: S603
        command,
        env=environment,
        cwd=setup.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def _accounts(var: Path) -> list[dict[str, str]]:
    path = var / "demo-accounts.json"
    return json.loads(path.read_text()) if path.exists() else []


def _print_accounts(var: Path) -> None:
    rows = _accounts(var)
    if not rows:
        return
    to_terminal("\n角色 role | 登录名 name | 密码 password | 第二因素 second factor (TOTP)")
    for row in rows:
        to_terminal(
            " | ".join(
                str(row.get(key) or "—") for key in ("role", "username", "password", "totp_secret")
            )
        )


def _seed(environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "django", "make_demo"],
        env=environment,
        cwd=setup.ROOT,
        check=False,
    )
    if result.returncode:
        raise LauncherError("The demo city could not be made; see the lines above.")


def _has_city(url: str) -> bool:
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM reference_area)").fetchone()
    return bool(row and row[0])


def _wait_ready(port: str, children: dict[str, subprocess.Popen[bytes]], logs: Path) -> None:
    for _ in range(READY_SECONDS * 5):
        _ended()
        for name, child in children.items():
            if child.poll() is not None:
                tail = (logs / f"{name}.log").read_text(errors="replace")[-800:]
                raise LauncherError(f"{name} ended while starting:\n{tail}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise LauncherError("The pages did not answer in time; see var/log.")


def _signal(child: subprocess.Popen[bytes], number: int) -> None:
    # Each part leads a group of its own; what it started may outlive it.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def _stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        _signal(child, signal.SIGTERM)
    until = time.monotonic() + 15
    for child in children.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=max(0.1, until - time.monotonic()))
    for child in children.values():
        _signal(child, signal.SIGKILL)
        child.wait()


def demo_reset(var: Path) -> None:
    """Remove the demo's data; keys go with them, since nothing is left to open."""
    server = Server(var)
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)
    shutil.rmtree(var, ignore_errors=True)


def demo_run(var: Path, *, reset: bool = False) -> int:
    """Run the demo until it is told to end; returns the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    if reset:
        demo_reset(var)
    logs = var / "log"
    logs.mkdir(parents=True, exist_ok=True)
    port = os.environ.get("PORT", "8000")
    os.environ["ANJU_DEMO"] = "1"
    os.environ["ANJU_VAR"] = str(var)
    server = Server(var, say=to_terminal)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        setup.translations_compile()
        setup.front_end_build(say=to_terminal)
        setup.static_collect()
        _ended()
        to_terminal("Starting the database")
        server.start(supervised=True)
        setup.database_prepare(var, say=to_terminal)
        _ended()
        base = dict(os.environ) | {
            "DJANGO_SETTINGS_MODULE": "anju.config.settings",
            "ANJU_HASHED_STATIC": "1",
            "ANJU_SECRET_KEY": server.password("django-secret-key"),
            "PORT": port,
        }
        migrate = base | {"DATABASE_URL": server.url("anju_migrate")}
        if not (_has_city(server.url("anju_read")) and _accounts(var)):
            to_terminal("Building the demo city")
            _seed(migrate)
        _ended()
        web = base | {"DATABASE_URL": server.url("anju_web")}
        work = base | {"DATABASE_URL": server.url("anju_work")}
        python = sys.executable
        children["web"] = _child("web", [python, "-m", "anju.config.cli", "serve"], web, logs)
        children["work"] = _child("work", [python, "-m", "django", "work"], work, logs)
        _wait_ready(port, children, logs)
        _print_accounts(var)
        to_terminal(f"\nhttp://localhost:{port}\nCtrl-C 停止 / stops")
        while True:
            time.sleep(0.5)
            _ended()
            ended = [name for name, child in children.items() if child.poll() is not None]
            if server.process is not None and server.process.poll() is not None:
                ended.append("database")
            if ended:
                raise LauncherError(
                    f"{', '.join(ended)} ended by itself; everything else is stopped. "
                    "Start again with make demo; var/log says more."
                )
    except Ended:
        to_terminal("\nStopping")
        return 0
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _stop(children)
        server.stop()
