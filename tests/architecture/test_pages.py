"""Every URL says who may open it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from .source import PACKAGE

# Without a page rule, each with its reason.
OPEN = {
    "healthz": "answers machines that watch the process; shows nothing",
    "static/": "files of the kit",
    "api/v1/": "programs show a key, not a sign-in; tests/api tries every operation without one",
}


def _patterns(resolver: URLResolver, above: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = above + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        else:
            yield path, entry


def test_every_url_says_who_may_open_it():
    silent = [
        path
        for path, entry in _patterns(get_resolver())
        if not hasattr(entry.callback, "page") and not path.startswith(tuple(OPEN))
    ]
    assert not silent, "\n".join(silent)


def test_every_permission_a_page_asks_for_is_held_by_somebody():
    from anju.access.permissions import GRANTS

    held = frozenset().union(*GRANTS.values())
    dead = [
        f"{path}: {rule.permission}"
        for path, entry in _patterns(get_resolver())
        if (rule := getattr(entry.callback, "page", None)) is not None
        and rule.permission is not None
        and rule.permission not in held
    ]
    assert not dead, "\n".join(dead)


def test_no_two_urls_have_one_name():
    names = [f"{space}:{entry.name}" for space, entry in _named(get_resolver())]
    assert [name for name in names if names.count(name) > 1] == []


def test_the_pages_of_every_app_are_mounted():
    import_of = {path.parent.name for path in PACKAGE.glob("*/urls.py")} - {"config"}
    mounted = {
        entry.urlconf_name.__name__.split(".")[1]
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and hasattr(entry.urlconf_name, "__name__")
    }
    assert import_of - mounted == set()


def test_every_menu_entry_leads_to_a_page_its_permission_opens():
    from anju.ui import menus

    rules = {
        ":".join(filter(None, (space, entry.name))): getattr(entry.callback, "page", None)
        for space, entry in _named(get_resolver())
    }
    wrong = []
    for item in menus.entries():
        rule = rules.get(item.url_name)
        if rule is None:
            wrong.append(f"{item.url_name}: no page")
        elif rule.permission is not None and rule.permission != item.permission:
            wrong.append(f"{item.url_name}: page asks {rule.permission}, menu {item.permission}")
    assert not wrong, "\n".join(wrong)


def _named(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _named(entry, entry.namespace or space)
        elif entry.name:
            yield space, entry
