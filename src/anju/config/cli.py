"""The command line ``anju``: launcher commands here, everything else is a management command."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from . import setup
from .postgres import LauncherError, Server, to_terminal


def chinese() -> bool:
    """Whether help speaks Chinese: ``ANJU_LANGUAGE``, else the terminal's language."""
    asked = (
        os.environ.get("ANJU_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    )
    return asked.lower().startswith("zh")


def words(english: str, han: str) -> str:
    return han if chinese() else english


def _var() -> Path:
    return Path(os.environ.get("ANJU_VAR", setup.ROOT / "var"))


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
        up = server.running()
        to_terminal(words("running" if up else "stopped", "运行中" if up else "已停止"))
        return 0 if up else 3
    elif verb == "url":
        role = arguments[1] if len(arguments) > 1 else "anju_web"
        to_terminal(server.url(role))
    else:
        to_terminal(
            words(
                "anju db start | stop | status | url [role]",
                "anju db start | stop | status | url [角色]",
            )
        )
        return 2
    return 0


def _setup(_arguments: Sequence[str]) -> int:
    setup.translations_compile()
    setup.front_end_build(say=to_terminal)
    setup.static_collect()
    return 0


def _database(_arguments: Sequence[str]) -> int:
    setup.database_prepare(_var(), say=to_terminal)
    return 0


def _demo(arguments: Sequence[str]) -> int:
    from .demo import demo_run

    return demo_run(_var(), reset="--reset" in arguments)


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


def _serve(_arguments: Sequence[str]) -> int:
    os.environ["ANJU_SERVING"] = "1"
    command = serve_command(os.environ.get("PORT", "8000"))
    os.execv(command[0], command)  # noqa: S606


COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str, str]] = {
    "demo": (_demo, "start the demo city", "启动演示城市"),
    "setup": (_setup, "build pages, styles and translations", "编译页面、样式和译文"),
    "setup-database": (
        _database,
        "make roles and tables (DATABASE_URL of a superuser, else our own server)",
        "建立数据库角色和表（DATABASE_URL 为超级用户地址，未设则用自带服务器）",
    ),
    "db": (_db, "start, stop or ask our own PostgreSQL", "自带PostgreSQL的启动、停止和状态"),
    "serve": (_serve, "serve the pages on PORT", "在PORT端口提供网页服务"),
}


def _help() -> int:
    to_terminal(words("Anju command line", "安居命令行"))
    to_terminal("")
    for name, (_run, english, han) in COMMANDS.items():
        to_terminal(f"  anju {name:<16} {words(english, han)}")
    to_terminal("")
    to_terminal(words("Further commands:", "其他命令："))
    from django.core.management import get_commands, load_command_class

    for name, app in sorted(get_commands().items()):
        if isinstance(app, str) and app.startswith("anju."):
            to_terminal(f"  anju {name.replace('_', '-'):<16} {load_command_class(app, name).help}")
    return 0


def main() -> int:
    """Run one command; the exit status is the command's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")
    arguments = sys.argv[1:]
    try:
        if arguments and arguments[0] in COMMANDS:
            return COMMANDS[arguments[0]][0](arguments[1:])
        setup.translations_compile()
        import django

        setup.use_own_database(_var())
        django.setup()
        from django.utils import translation

        translation.activate("zh-hans" if chinese() else "en")
        if not arguments or arguments[0] in ("help", "--help", "-h"):
            return _help()
        from django.core.management import execute_from_command_line

        execute_from_command_line(["anju", arguments[0].replace("-", "_"), *arguments[1:]])
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
