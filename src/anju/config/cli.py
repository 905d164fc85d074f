"""The command line ``anju``: launcher commands here, everything else is a management command."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from . import manual, setup
from .postgres import LauncherError, Server, servers_below, to_terminal
from .words import chinese, explain, words


def _var() -> Path:
    # Whole, since the server and the parts of the demo work in folders of their own.
    var = Path(os.environ.get("ANJU_VAR", setup.ROOT / "var")).absolute()
    os.environ["ANJU_VAR"] = str(var)
    return var


def _db(arguments: Sequence[str]) -> int:
    server = Server(_var(), say=to_terminal)
    verb = arguments[0] if arguments else "status"
    if verb == "start":
        server.start()
        to_terminal(words(f"Running on port {server.port}.", f"已在端口{server.port}运行。"))
    elif verb == "stop":
        server.stop()
        to_terminal(words("Stopped.", "已停止。"))
    elif verb == "status":
        up = server.data.exists() and server.running()
        to_terminal(words("running" if up else "stopped", "运行中" if up else "已停止"))
        return 0 if up else 3
    elif verb == "clean":
        for each in servers_below(setup.ROOT / "var"):
            each.stop()
            shutil.rmtree(each.home)
            to_terminal(words(f"Removed {each.home}.", f"已删除{each.home}。"))
    elif verb == "url":
        role = (arguments[1] if len(arguments) > 1 else "anju_web").removeprefix("anju_")
        if role not in ("web", "work", "read", "migrate", "admin"):
            manual.one("db")
            return 2
        to_terminal(server.url(f"anju_{role}"))
    else:
        manual.one("db")
        return 2
    return 0


def _setup(_arguments: Sequence[str]) -> int:
    setup.translations_compile()
    setup.front_end_build(say=to_terminal)
    setup.static_collect()
    return 0


def _database(arguments: Sequence[str]) -> int:
    setup.database_prepare(_var(), say=to_terminal, roles_only="--roles-only" in arguments)
    return 0


def _demo(arguments: Sequence[str]) -> int:
    from .demo import demo_run, end_with_parent

    if os.environ.get("MAKELEVEL"):
        # Whoever kills make means the demo; left alone it would hold its folder and its port.
        end_with_parent()
    return demo_run(_var(), reset="--reset" in arguments)


def _demo_reset(_arguments: Sequence[str]) -> int:
    from .demo import demo_reset

    demo_reset(_var())
    to_terminal(words("The next make demo starts afresh.", "下次make demo将重新开始。"))
    return 0


def serve_command(port: str) -> list[str]:
    """The web server's command line: ``ANJU_WEB_WORKERS`` processes of ``ANJU_WEB_THREADS``.

    One thread a process: four that share an interpreter make the slowest page of eight clients
    take twice as long (``bench/unit_list.py``). Long work is the worker's, not a page's.
    """
    command = [sys.executable, "-m", "granian", "--interface", "wsgi"]
    command += ["--host", os.environ.get("ANJU_HOST", "127.0.0.1"), "--port", port]
    command += ["--workers", os.environ.get("ANJU_WEB_WORKERS", str(max(2, os.cpu_count() or 2)))]
    command += ["--blocking-threads", os.environ.get("ANJU_WEB_THREADS", "1")]
    return [*command, "--log-level", "warning", "anju.config.wsgi:application"]


def _signing_key() -> None:
    """Pages and worker sign with the same key: the one given, else one made once and kept."""
    if not os.environ.get("ANJU_SECRET_KEY"):
        os.environ["ANJU_SECRET_KEY"] = Server(_var()).password("django-secret-key")


def _serve(_arguments: Sequence[str]) -> int:
    os.environ["ANJU_SERVING"] = "1"
    _signing_key()
    command = serve_command(os.environ.get("PORT", "8000"))
    os.execv(command[0], command)  # noqa: S606


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": _demo,
    "demo-reset": _demo_reset,
    "setup": _setup,
    "setup-database": _database,
    "db": _db,
    "serve": _serve,
}
HELP = ("help", "--help", "-h")


def _further(arguments: Sequence[str]) -> int:
    """A command of an app, or help, in the terminal's language."""
    setup.translations_compile()
    if arguments and arguments[0] == "work":
        _signing_key()
    import django

    setup.use_own_database(_var())
    django.setup()
    from django.core.management import execute_from_command_line, get_commands
    from django.utils import translation

    translation.activate("zh-hans" if chinese() else "en")
    if not arguments or arguments[0] in HELP:
        named = [word for word in arguments[1:] if word not in HELP]
        return manual.one(named[0]) if named else manual.overview()
    name = arguments[0].replace("_", "-")
    if set(arguments[1:]) & set(HELP[1:]):
        return manual.one(name)
    if name.replace("-", "_") not in get_commands():
        return manual.unknown(arguments[0])
    execute_from_command_line(["anju", name.replace("-", "_"), *arguments[1:]])
    return 0


def main() -> int:
    """Run one command; the exit status is the command's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")
    arguments = sys.argv[1:]
    try:
        if arguments and arguments[0] in COMMANDS:
            if set(arguments[1:]) & set(HELP):
                return manual.one(arguments[0])
            return COMMANDS[arguments[0]](arguments[1:])
        return _further(arguments)
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if (told := explain(error)) is None:
            raise
        sys.stderr.write(f"{told}\n")
        return 1
    except Exception as error:
        if (told := _database_says(error)) is None:
            raise
        sys.stderr.write(f"{told}\n")
        return 1


def _database_says(error: Exception) -> str | None:
    """What a mistake of the database means and what to do; None for any other."""
    import psycopg

    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.Error):
        return None
    reason = str(cause).strip().splitlines()[0]
    if isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None:
        return words(
            f"The database does not answer ({reason}). Start our own with anju db start, or "
            "correct DATABASE_URL.",
            f"数据库没有应答（{reason}）。用anju db start启动自带数据库，或改正DATABASE_URL。",
        )
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return words(
            f"This database role may not do that ({reason}). Take another: DATABASE_URL of "
            "anju_migrate, or ANJU_DB_ROLE=anju_migrate with our own server.",
            f"当前数据库角色无权执行（{reason}）。请换用anju_migrate的DATABASE_URL，"
            "使用自带服务器时设ANJU_DB_ROLE=anju_migrate。",
        )
    if isinstance(cause, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return words(
            f"The tables are not those of this version ({reason}). Run anju setup-database.",
            f"数据表与当前版本不符（{reason}）。请执行anju setup-database。",
        )
    return None


if __name__ == "__main__":
    raise SystemExit(main())
