"""What each room of an app may hold."""

from __future__ import annotations

import ast
import re

from .source import PACKAGE, ROOT, app_of, calls, functions, modules, name_of, room_of, tree

MODULE_LINES = 500
FUNCTION_LINES = 70

# Longer than the limit, each with its reason.
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS = {
    "documents/services.py:paper_issue": "number, render, hash and store one paper, in this order",
    "registry/views/parties.py:_company_parts": "due to be cut by part of the page",
    "registry/views/places.py:management_area": "due to be cut by part of the page",
    "registry/views/places.py:project": "due to be cut by part of the page",
}

WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
}
READING_ROOMS = {"views", "queries", "policies", "forms", "tables", "filters", "api", "rules"}

# A write outside services, with the reason it is right. Module and the source of the call.
WRITES_ALLOWED: dict[tuple[str, str], str] = {
    ("access/views/account.py", "SignIn.objects.filter(session_key=old).update"): (
        "due to move to a service: the list of sign-ins follows the session's new key"
    ),
}

# Django and allauth ask for these by name.
LOOKED_UP = ("django/", "account/", "mfa/")

CLOCKS = {"now", "today", "utcnow", "localdate", "localtime", "time", "monotonic", "time_ns"}


def test_modules_can_be_read_in_one_sitting():
    long = {}
    for path in modules():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MODULE_LINES and name_of(path) not in LONG_MODULES:
            long[name_of(path)] = lines
    assert not long, long


def test_functions_can_be_read_at_a_glance():
    long = {}
    for path in modules():
        for node in functions(path):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            name = f"{name_of(path)}:{node.name}"
            if lines > FUNCTION_LINES and name not in LONG_FUNCTIONS:
                long[name] = lines
    assert not long, long


def _is_orm_write(call: ast.Call) -> bool:
    """Whether a call looks like a write of rows, not of a dictionary, a set or a hash."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    if call.func.attr not in ("update", "delete", "save"):
        return True
    target = ast.unparse(call.func.value)
    rows = re.search(r"objects|filter\(|exclude\(|visible_to\(|\bqs\b|queryset|select_for", target)
    if call.func.attr == "update":
        return rows is not None
    if call.func.attr == "save":
        # Pictures and workbooks are saved to a place; a row is saved with names, or nothing.
        # A session belongs to the request, and middleware saves it on most pages.
        return not call.args and not target.endswith("session")
    return rows is not None or not (call.args or call.keywords)


def test_rows_are_written_by_services():
    wrong = []
    for path in modules():
        if room_of(path) not in READING_ROOMS:
            continue
        for call in calls(tree(path)):
            if _is_orm_write(call):
                key = (name_of(path), ast.unparse(call.func))
                if key not in WRITES_ALLOWED:
                    wrong.append(f"{key[0]}:{call.lineno} {key[1]}")
    assert not wrong, "\n".join(wrong)


def test_rules_read_no_clock_and_throw_no_dice():
    wrong = []
    for path in modules():
        if room_of(path) != "rules":
            continue
        for call in calls(tree(path)):
            words = ast.unparse(call.func).split(".")
            timed = words[-1] in CLOCKS and words[0] in ("datetime", "date", "time", "timezone")
            diced = words[0] in ("random", "secrets", "uuid") and words != ["random", "Random"]
            if timed or diced:
                wrong.append(f"{name_of(path)}:{call.lineno} {ast.unparse(call.func)}")
    assert not wrong, "\n".join(wrong)


def test_services_take_the_instant_from_outside():
    wrong = []
    for path in modules():
        if room_of(path) not in ("services", "policies", "queries", "states"):
            continue
        for call in calls(tree(path)):
            name = ast.unparse(call.func)
            if name in ("timezone.now", "datetime.now", "date.today", "datetime.utcnow", "now"):
                wrong.append(f"{name_of(path)}:{call.lineno} {name}")
    assert not wrong, "\n".join(wrong)


def test_nothing_is_called_utils_and_nobody_listens_to_signals():
    names = {path.stem for path in modules()}
    assert not names & {"utils", "helpers", "common", "misc", "signals"}
    listening = [
        f"{name_of(path)}:{call.lineno}"
        for path in modules()
        for call in calls(tree(path))
        if ast.unparse(call.func).endswith((".connect", "receiver"))
        and re.search(r"(pre|post)_(save|delete|init)|m2m_changed", ast.unparse(call))
    ]
    assert listening == []


def test_every_template_is_used():
    """A template nobody names is one nobody reviews. Components are named by ``<c-…>`` tags."""
    templates = [
        path
        for path in (*PACKAGE.rglob("templates/**/*"), *PACKAGE.rglob("jinja2/**/*"))
        if path.is_file() and path.suffix in (".html", ".txt", ".svg")
    ]
    words = "\n".join(p.read_text(encoding="utf-8") for p in [*modules(), *templates])
    words += (ROOT / "docs" / "ui.md").read_text(encoding="utf-8")  # parts offered to pages
    unused = []
    for path in templates:
        name = re.split(r"/(?:templates|jinja2)/", path.as_posix())[-1]
        if name.startswith(LOOKED_UP):
            continue
        if name.startswith("cotton/"):
            tag = name.removeprefix("cotton/").removesuffix(".html").removesuffix("/index")
            dotted = tag.replace("/", ".")
            used = f"<c-{dotted}" in words or f"<c-{dotted.replace('_', '-')}" in words
        else:
            # Django and allauth look these up by name; a page of a folder is named by its folder.
            used = name in words or _named_by_folder(name, words)
        if not used:
            unused.append(name)
    assert not unused, "\n".join(unused)


def _named_by_folder(name: str, words: str) -> bool:
    folder, _, file = name.rpartition("/")
    stem = file.rsplit(".", 1)[0]
    looked_up = re.search(rf"f[\"']{re.escape(folder)}/[^\"']*\{{", words) is not None
    return looked_up and re.search(rf"\b{re.escape(stem)}\b", words) is not None


def test_no_style_or_script_inside_a_page():
    """The content security policy refuses them; said here with the line."""
    inline = re.compile(
        r"\sstyle=|\son(click|change|submit|input|load|error|focus|blur|key\w+|mouse\w+|touch\w+)="
        r"|<style|<script(?![^>]*\b(src|type=\"application/json\"))"
    )
    wrong = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in (*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("jinja2/**/*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if inline.search(line)
    ]
    assert not wrong, "\n".join(wrong)


def test_models_of_business_apps_say_what_they_are():
    """Every model says in a sentence what a row of it is."""
    from django.apps import apps

    silent = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("anju.")
        # Django writes "Home(id, …)" where nobody wrote a sentence.
        and (model.__doc__ or f"{model.__name__}(").startswith(f"{model.__name__}(")
    ]
    assert not silent, "\n".join(silent)


def test_the_apps_of_the_tree_are_the_apps_that_run():
    from django.apps import apps

    running = {a.label for a in apps.get_app_configs() if a.name.startswith("anju.")}
    assert running == {app_of(p) for p in modules() if p.name == "apps.py"}


def test_nothing_is_excused_that_needs_no_excuse():
    """An excuse outlives its reason easily."""
    lengths = {
        f"{name_of(path)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in modules()
        for node in functions(path)
    }
    assert [n for n in LONG_FUNCTIONS if lengths.get(n, 0) <= FUNCTION_LINES] == []
    lines = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in modules()}
    assert [n for n in LONG_MODULES if lines.get(n, 0) <= MODULE_LINES] == []
