"""An app calls the floors below it, also where an import cannot show it."""

from __future__ import annotations

import ast
import os
import re
import sys
from pathlib import Path
from subprocess import run

import pytest
from django.apps import apps

from .source import FLOORS, LEVEL, PACKAGE, ROOT, app_of, modules, name_of, tree

# Who answers each port, and why the call runs upwards.
PORTS = {
    "journal": "audit",  # access stands below audit and must write audit rows
    "messenger": "notices",  # access stands below notices and must send codes
    "list_exporter": "exports",  # every list stands on the kit, and long ones need a job
    "phone_follower": "registry",  # bindings stand above accounts and know them by their phone
    "residences": "registry",  # the role of a resident comes from the homes bound
    "data_owners": "registry",  # access stands below it and must tell whom a look concerns
}


def test_imports_keep_to_floors_and_rooms():
    done = run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_the_floors_of_the_picture_are_the_apps_there_are():
    there = {
        path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "apps.py").exists()
    }
    assert there == set(LEVEL)
    config = (ROOT / ".importlinter").read_text()
    drawn = re.search(r"\nlayers =\n((?:    .+\n)+)", config)
    assert drawn is not None
    lines = [set(re.split(r"\s*[|:]\s*", line.strip())) for line in drawn[1].splitlines()]
    assert lines == [set(floor) for floor in reversed(FLOORS)]


def test_foreign_keys_point_downwards():
    wrong = []
    for model in apps.get_models():
        app = model._meta.app_label
        if not model.__module__.startswith("anju."):
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.auto_created or target is None or not target.__module__.startswith("anju."):
                continue
            there = target._meta.app_label
            if there != app and LEVEL[there] >= LEVEL[app]:
                wrong.append(f"{app}.{model.__name__}.{field.name} -> {there}")
    assert not wrong, "\n".join(wrong)


def test_strings_name_no_model_of_a_higher_app():
    """``apps.get_model("registry.Home")`` and string foreign keys slip past the import linter."""
    wrong = []
    for path in modules():
        app = app_of(path)
        if app not in LEVEL:
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rsplit(".", 1)[-1]
            if called not in ("ForeignKey", "OneToOneField", "ManyToManyField", "get_model"):
                continue
            for word in [*node.args, *(k.value for k in node.keywords)]:
                if not (isinstance(word, ast.Constant) and isinstance(word.value, str)):
                    continue
                there = word.value.split(".")[0]
                if there in LEVEL and there != app and LEVEL[there] >= LEVEL[app]:
                    wrong.append(f"{name_of(path)}:{node.lineno} {word.value}")
    assert not wrong, "\n".join(wrong)


def test_every_port_is_answered_by_the_app_on_the_list():
    from anju.core import ports

    found = {
        port.name: port.answered_by for port in vars(ports).values() if isinstance(port, ports.Port)
    }
    assert found == PORTS


@pytest.mark.parametrize("app", sorted(LEVEL))
def test_only_apps_plugs_what_runs_upwards(app: str):
    wrong = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        if app_of(path) == app and path.name not in ("apps.py", "ports.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "plug"
    ]
    assert not wrong, "\n".join(wrong)
