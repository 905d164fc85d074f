"""``make demo``: database, invented city, pages and worker in the foreground until Ctrl-C.

Every part ends when this process ends, however it ends (the kernel signals the children of a
killed parent), and this process ends every part when one of them does.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from . import setup
from .postgres import PR_SET_PDEATHSIG, LauncherError, Server, to_terminal
from .words import explain, words

READY_SECONDS = 120
# What a new demo needs on the disk (a city, its pages, the log of the database), and an old one.
ROOM_NEW_MB, ROOM_MB = 1_000, 200


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


def end_with_parent() -> None:
    """Have the kernel send SIGTERM when the process that started this one is gone."""
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
        preexec_fn=end_with_parent,
    )


def _accounts(var: Path) -> list[dict[str, str]]:
    path = var / "demo-accounts.json"
    return json.loads(path.read_text()) if path.exists() else []


def _print_accounts(environment: dict[str, str], port: str) -> None:
    to_terminal("")
    subprocess.run(
        [sys.executable, "-m", "anju.config.cli", "demo-accounts"],
        env=environment,
        cwd=setup.ROOT,
        check=False,
    )
    _ended()
    to_terminal(
        words(
            f"\nCodes change every 30 seconds: http://localhost:{port}/demo/ shows them, and "
            ".venv/bin/anju demo-accounts",
            f"\n验证码每30秒更换：http://localhost:{port}/demo/，或.venv/bin/anju demo-accounts",
        )
    )


def _seed(environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "anju.config.cli", "make-demo"],
        env=environment,
        cwd=setup.ROOT,
        check=False,
    )
    _ended()
    if result.returncode:
        raise LauncherError(
            words(
                "The demo city could not be made; see the lines above. make demo-reset starts "
                "afresh.",
                "演示城市未能生成，原因见上。可用make demo-reset清空后重新开始。",
            )
        )


def port_of(text: str, host: str = "127.0.0.1") -> str:
    """The port the pages are to answer on, when it is one and free.

    Raises:
        LauncherError: it is no port, taken, or only root's; the message names another.
    """
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise LauncherError(
            words(
                f"PORT={text} is no port. Write a number from 1024 to 65535: PORT=8001 make demo",
                f"PORT={text}不是端口号。请写1024到65535之间的数：PORT=8001 make demo",
            )
        )
    other = int(text) + 1 if 1024 <= int(text) < 65535 else 8001
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(text)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise LauncherError(
                    words(
                        f"Another program answers on port {text}. Stop it, or take another port: "
                        f"PORT={other} make demo",
                        f"端口{text}已被其他程序占用。请停止该程序，或换一个端口："
                        f"PORT={other} make demo",
                    )
                ) from error
            if error.errno == errno.EACCES:
                raise LauncherError(
                    words(
                        f"Only root may use port {text}. Take another: PORT={other} make demo",
                        f"端口{text}只有root可以使用。请换一个：PORT={other} make demo",
                    )
                ) from error
            raise
    return text


@contextlib.contextmanager
def _alone(var: Path) -> Iterator[None]:
    """Hold the demo's folder; two demos in it would stop each other's database.

    Raises:
        LauncherError: another demo runs in it.
    """
    var.mkdir(parents=True, exist_ok=True)
    # The kernel lets go when this process ends, however it ends.
    with (var / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LauncherError(
                words(
                    f"A demo runs in {var} already. Stop it first with Ctrl-C where it was "
                    "started, or name another folder: ANJU_VAR=var/second PORT=8001 make demo",
                    f"{var}中已有一个演示在运行。请先在启动它的终端按Ctrl-C停止，"
                    "或换一个目录：ANJU_VAR=var/second PORT=8001 make demo",
                )
            ) from error
        yield


def _room(place: Path, *, new: bool) -> None:
    needed = ROOM_NEW_MB if new else ROOM_MB
    free = shutil.disk_usage(place).free // 1_000_000
    if free < needed:
        raise LauncherError(
            words(
                f"Only {free} MB are free where {place} lies; the demo needs {needed} MB. "
                "Make room, or name a folder on another disk with ANJU_VAR.",
                f"{place}所在磁盘只剩{free} MB，演示需要{needed} MB。"
                "请腾出空间，或用ANJU_VAR指定另一块磁盘上的目录。",
            )
        )


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
                raise LauncherError(
                    words(f"{name} ended while starting:\n{tail}", f"{name}启动时退出：\n{tail}")
                )
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise LauncherError(
        words(f"The pages did not answer in time; see {logs}.", f"网页服务未能按时启动，见{logs}。")
    )


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
    """Remove the demo's data; keys go with them, since nothing is left to open.

    Raises:
        LauncherError: the demo runs.
        OSError: something cannot be removed.
    """
    if not var.exists():
        return
    with _alone(var):
        server = Server(var)
        server.stop()
        for folder in (server.home, var):
            if folder.exists():
                shutil.rmtree(folder)


def demo_run(var: Path, *, reset: bool = False) -> int:
    """Run the demo until it is told to end; returns the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    try:
        if reset:
            demo_reset(var)
        with _alone(var):
            return _run(var, time.monotonic())
    except Ended:
        return 0
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(var: Path, began: float) -> int:
    logs = var / "log"
    logs.mkdir(parents=True, exist_ok=True)
    port = port_of(os.environ.get("PORT", "8000"))
    os.environ["ANJU_DEMO"] = "1"
    os.environ["ANJU_VAR"] = str(var)
    server = Server(var, say=to_terminal)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        # Root's database lies elsewhere, maybe on another disk.
        for place in (var, server.home.parent):
            _room(place, new=not _accounts(var))
        setup.translations_compile()
        setup.front_end_build(say=to_terminal)
        setup.static_collect()
        _ended()
        to_terminal(words("Starting the database", "启动数据库"))
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
            to_terminal(words("Building the demo city", "生成演示城市"))
            _seed(migrate)
        _ended()
        web = base | {"DATABASE_URL": server.url("anju_web")}
        work = base | {"DATABASE_URL": server.url("anju_work")}
        python = sys.executable
        to_terminal(words("Starting the pages", "启动网页服务"))
        children["web"] = _child("web", [python, "-m", "anju.config.cli", "serve"], web, logs)
        children["work"] = _child("work", [python, "-m", "django", "work"], work, logs)
        _wait_ready(port, children, logs)
        _print_accounts(web, port)
        spent = f"{time.monotonic() - began:.0f}"
        to_terminal(words(f"Ready after {spent} s.", f"{spent}秒后就绪。"))
        to_terminal(f"\nhttp://localhost:{port}")
        to_terminal(words("Ctrl-C stops; the data stay.", "按Ctrl-C停止，数据保留。"))
        _watch(server, children, logs)
    except Ended:
        to_terminal(words("\nStopping", "\n正在停止"))
        return 0
    except OSError as error:
        if (told := explain(error)) is None:
            raise
        raise LauncherError(told) from error
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _stop(children)
        server.stop()


def _watch(server: Server, children: dict[str, subprocess.Popen[bytes]], logs: Path) -> NoReturn:
    """Wait until a part ends or a signal comes.

    Raises:
        Ended: Ctrl-C, or a polite signal.
        LauncherError: a part ended by itself.
    """
    while True:
        time.sleep(0.5)
        _ended()
        ended = [name for name, child in children.items() if child.poll() is not None]
        if server.process is not None and server.process.poll() is not None:
            ended.append("database")
        if ended:
            names = ", ".join(ended)
            raise LauncherError(
                words(
                    f"{names} ended by itself; everything else is stopped. Start again with make "
                    f"demo; {logs} says more.",
                    f"{names}自行退出，其余部分已停止。请用make demo重新启动，详情见{logs}。",
                )
            )
