"""Lists: filter, sort, pages, exact count, chips, columns, selection, export, saved filters.

An app declares a :class:`ListPage` and gives ``list_view(MyList, permission=perm("…"))`` an
address. Its rows come from one plain template that loops over ``rows`` and reads what
``prepare`` put on them: no component, no ``{% url %}`` and no translation inside a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import get_resolver
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.errors import AnjuError

from .listings import Listing
from .models import SavedFilter
from .pages import PageRule, View, page
from .services import saved_filter_keep, saved_filter_remove


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    ``sort`` names the order (a field or several); without it the head is no link. ``value`` gives
    the exported cell, a path of attributes when it is a text. ``optional`` columns drop out on
    narrow desks; ``hidden`` ones are shown only when chosen. ``export_only`` never have a head.
    """

    name: str
    label: str | Promise
    sort: str | tuple[str, ...] = ()
    value: str | Callable[[Any], Any] = ""
    num: bool = False
    optional: bool = False
    hidden: bool = False
    fixed: bool = False  # cannot be left out
    export_only: bool = False

    def order(self) -> tuple[str, ...]:
        return (self.sort,) if isinstance(self.sort, str) else self.sort

    def cell(self, row: Any) -> Any:
        """The exported value of a row."""
        if callable(self.value):
            return self.value(row)
        return attrgetter(self.value or self.name)(row)


class ListPage:
    """A declared list."""

    name: ClassVar[str]  # "registry.communities"
    title: ClassVar[str | Promise]
    counted: ClassVar[Any]  # ngettext_lazy("%(n)s community", "%(n)s communities", "n")
    columns: ClassVar[Sequence[Column]]
    filterset: ClassVar[type[django_filters.FilterSet] | None] = None
    row_template: ClassVar[str]
    template: ClassVar[str] = "ui/lists/page.html"
    default_sort: ClassVar[str] = "name"
    default_size: ClassVar[int] = 20
    first_filters: ClassVar[int] = 4
    empty: ClassVar[str | Promise] = _("Nothing here yet.")
    can_export: ClassVar[bool] = True
    personal: ClassVar[bool] = False  # a file of its rows names natural persons

    def queryset(self, actor: Actor) -> QuerySet[Any]:
        """All rows the actor may see: begins with ``visible_to``."""
        raise NotImplementedError

    def holds_personal(self, actor: Actor) -> bool:
        """Whether a file for this actor carries personal data; its export is logged as such."""
        return self.personal

    def count(self, actor: Actor, filters: dict[str, Any]) -> int | None:
        """The exact count from a cheaper place than the rows, or None to count them."""
        return None

    def total(self, actor: Actor) -> int | None:
        """How many there are without conditions, where that is cheap; shown beside the count."""
        return None

    def prepare(self, rows: list[Any], actor: Actor) -> None:
        """Put on the rows what their template prints."""

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """More for the page's template."""
        return {}

    @classmethod
    def column(cls, name: str) -> Column | None:
        return next((c for c in cls.columns if c.name == name), None)


def list_view(
    declared: type[ListPage], *, permission: str | None = None, public: bool = False
) -> View:
    """The view of a list: GET shows, POST exports, keeps or removes a filter."""

    def view(request: HttpRequest) -> HttpResponseBase:
        listing = Listing(declared(), request)
        if request.method == "POST":
            return _post(listing, request)
        context = {"listing": listing, **listing.declared.context(request)}
        part = request.headers.get("HX-Target") == "list"
        part = part and not request.headers.get("HX-History-Restore-Request")
        template = "ui/lists/list.html" if part else listing.declared.template
        status = 422 if listing.errors else 200
        response = render(request, template, context, status=200 if part else status)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    view.__name__ = view.__qualname__ = declared.__name__
    view.__doc__ = declared.__doc__
    decorated = page(permission=permission, public=public, methods=("GET", "POST"))(view)
    decorated.declared = declared  # type: ignore[attr-defined]
    _known.setdefault(declared.name, (declared, decorated.page))
    return decorated


# Name of a list → what is declared and who may open it, filled when the addresses are loaded.
_known: dict[str, tuple[type[ListPage], PageRule]] = {}


def list_named(name: str) -> tuple[ListPage, PageRule]:
    """A list by its declared name, and the rule of its page.

    Raises:
        LookupError: no page shows a list of this name.
    """
    get_resolver().url_patterns  # noqa: B018 - loads every app's addresses, and with them the lists
    if name not in _known:
        raise LookupError(f"no list is named {name}")
    declared, rule = _known[name]
    return declared(), rule


def _post(listing: Listing, request: HttpRequest) -> HttpResponseBase:
    back = HttpResponseRedirect(request.get_full_path())
    at = timezone.now()
    try:
        if "export" in request.POST or "export_all" in request.POST:
            rows = listing.picked() if "export" in request.POST else None
            wanted = request.POST.get("export") or request.POST.get("export_all", "")
            answer = listing.export(rows, wanted)
            if answer.status_code == 303:
                words = gettext("The list is long: it is written in the background. You are told.")
                messages.success(request, words)
            return answer
        if "keep" in request.POST:
            query = listing.query.copy()
            query.pop("page", None)
            saved = saved_filter_keep(
                actor=listing.actor,
                list_name=listing.declared.name,
                name=request.POST.get("name", ""),
                query=query.urlencode(),
                shared=bool(request.POST.get("shared")),
                at=at,
            )
            messages.success(request, gettext("Filter “%(name)s” is kept.") % {"name": saved})
            return back
        if "remove" in request.POST:
            key = request.POST["remove"]
            kept = SavedFilter.objects.visible_to(listing.actor)
            found = kept.filter(pk=int(key) if key.isdecimal() and len(key) < 19 else 0).first()
            if found is not None:
                saved_filter_remove(actor=listing.actor, saved_filter=found, at=at)
                messages.success(request, gettext("The filter is removed."))
            return back
    except AnjuError as error:
        messages.error(request, str(error))
        return back
    messages.error(request, gettext("Nothing was done: choose what to do with the rows."))
    return back
