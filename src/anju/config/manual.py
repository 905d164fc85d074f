"""``anju help`` in both languages: our own commands here, the others from their own parsers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .postgres import to_terminal
from .words import words


class Page(NamedTuple):
    """What help says of a command; each text in English and in Chinese."""

    usage: tuple[str, str]
    summary: tuple[str, str]
    more: Sequence[tuple[str, str]] = ()


PAGES: dict[str, Page] = {
    "demo": Page(
        ("demo [--reset]", "demo [--reset]"),
        ("start the demo city", "启动演示城市"),
        (
            (
                "Runs in the foreground until Ctrl-C and keeps its data; --reset starts afresh.",
                "在前台运行，按Ctrl-C停止，数据保留；--reset清空后重新开始。",
            ),
            (
                "PORT: where the pages answer (8000). ANJU_VAR: folder of the data (var).",
                "PORT：网页端口（8000）。ANJU_VAR：数据目录（var）。",
            ),
        ),
    ),
    "demo-reset": Page(
        ("demo-reset", "demo-reset"),
        ("remove the demo's data", "清空演示数据"),
        (("The next demo makes a new city.", "下次启动时重新生成城市。"),),
    ),
    "setup": Page(
        ("setup", "setup"),
        ("build pages, styles and translations", "编译页面、样式和译文"),
        (
            (
                "Needs a package registry; what runs afterwards needs no network.",
                "需要能访问软件包仓库；之后运行时不需要网络。",
            ),
        ),
    ),
    "setup-database": Page(
        ("setup-database [--roles-only]", "setup-database [--roles-only]"),
        (
            "make roles and tables (DATABASE_URL of a superuser, else our own server)",
            "建立数据库角色和表（DATABASE_URL为超级用户地址，未设则用自带服务器）",
        ),
        (
            (
                "Safe to repeat; also brings the tables of an older version up to date.",
                "可以重复执行；升级时也用它更新数据表。",
            ),
            (
                "--roles-only: roles alone, before a dump is restored.",
                "--roles-only：只建角色，用于恢复转储之前。",
            ),
        ),
    ),
    "db": Page(
        (
            "db start | stop | status | url [role] | clean",
            "db start | stop | status | url [角色] | clean",
        ),
        ("start, stop or ask our own PostgreSQL", "自带PostgreSQL的启动、停止和状态"),
        (
            (
                "url prints the address for a role (anju_web; or work, read, migrate, admin).",
                "url显示某一角色的连接地址（anju_web，或work、read、migrate、admin）。",
            ),
            (
                "clean removes what root's servers of this clone keep in /var/lib.",
                "clean删除root运行时本目录在/var/lib中的数据库。",
            ),
            ("status ends with 3 when it is stopped.", "status在服务停止时返回3。"),
        ),
    ),
    "serve": Page(
        ("serve", "serve"),
        ("serve the pages on PORT", "在PORT端口提供网页服务"),
        (
            (
                "Settings: ANJU_HOST (127.0.0.1), PORT (8000), ANJU_WEB_WORKERS, ANJU_WEB_THREADS.",
                "环境变量：ANJU_HOST（127.0.0.1）、PORT（8000）、ANJU_WEB_WORKERS、ANJU_WEB_THREADS。",
            ),
            ("DATABASE_URL of the role anju_web.", "DATABASE_URL用anju_web角色。"),
        ),
    ),
}

# Django gives every command these; they are for developers.
_DJANGOS = frozenset(
    [
        "help",
        "version",
        "verbosity",
        "settings",
        "pythonpath",
        "traceback",
        "no_color",
        "force_color",
        "skip_checks",
    ]
)


def further() -> dict[str, str]:
    """Commands of the apps by their written name, with the app each is in."""
    from django.core.management import get_commands

    return {
        name.replace("_", "-"): app
        for name, app in sorted(get_commands().items())
        if isinstance(app, str) and app.startswith("anju.")
    }


def overview() -> int:
    """Every command with a line of what it does."""
    from django.core.management import load_command_class

    rest = further()
    columns = max(map(len, (*PAGES, *rest))) + 2
    to_terminal(words("Anju command line", "安居命令行"))
    to_terminal("")
    for name, page in PAGES.items():
        to_terminal(f"  anju {name:<{columns}}{words(*page.summary)}")
    to_terminal("")
    to_terminal(words("Further commands:", "其他命令："))
    for name, app in rest.items():
        command = load_command_class(app, name.replace("-", "_"))
        to_terminal(f"  anju {name:<{columns}}{command.help}")
    to_terminal("")
    to_terminal(
        words("anju help COMMAND says more of one.", "anju help 命令名：查看某个命令的说明。")
    )
    return 0


def one(name: str) -> int:
    """What one command does and takes; 2 when there is no such command."""
    if page := PAGES.get(name):
        to_terminal(f"anju {words(*page.usage)}")
        to_terminal("")
        for line in (page.summary, *page.more):
            to_terminal("  " + words(*line))
        return 0
    if (app := further().get(name)) is None:
        return unknown(name)
    _of_app(name, app)
    return 0


def unknown(name: str) -> int:
    """Say that there is no such command."""
    to_terminal(
        words(
            f"There is no command “{name}”. anju help lists them all.",
            f"没有“{name}”这个命令。用anju help查看全部命令。",
        )
    )
    return 2


def _of_app(name: str, app: str) -> None:
    from django.core.management import load_command_class

    command = load_command_class(app, name.replace("-", "_"))
    parser = command.create_parser("anju", name)
    rows: list[tuple[str, str]] = []
    usage = [f"anju {name}"]
    for action in parser._actions:
        if action.dest in _DJANGOS:
            continue
        # A value is written as what may stand there, else as its name.
        value = "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
        if not action.option_strings:
            shown = written = action.dest.upper()
        else:
            written = action.option_strings[0] + ("" if action.nargs == 0 else f" {value}")
            shown = written if action.required else f"[{written}]"
        usage.append(shown)
        told = str(action.help or "")
        if action.default not in (None, "", False) and action.option_strings:
            told += words(f" (default {action.default})", f"（默认{action.default}）")
        rows.append((written, told.strip()))
    to_terminal(" ".join(usage))
    to_terminal("")
    to_terminal(f"  {command.help}")
    if rows:
        to_terminal("")
        columns = max(len(written) for written, _told in rows) + 2
        for written, told in rows:
            to_terminal(f"  {written:<{columns}}{told}")
