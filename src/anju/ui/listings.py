"""One request of a list: its conditions, order, page, columns and files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.forms import NullBooleanSelect
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor
from anju.core.errors import InvalidInput
from anju.core.ports import LIST_EXPORTER
from anju.core.time import legal_day

from .exports import FORMATS
from .models import SavedFilter
from .pages import actor_of
from .services import list_export

if TYPE_CHECKING:
    from .lists import Column, ListPage

SIZES = (20, 50, 100)
OWN = ("page", "size", "sort", "cols")  # parameters that are not conditions
MAX_PICKED = 1000
CHUNK = 2000  # rows read, prepared and written at a time


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head as the page prints it."""

    name: str
    label: str
    href: str
    direction: str
    css: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force; the address is the list without it."""

    words: str
    href: str


class _Grouped(int):
    """A number that is written 1,234 and still chooses its plural."""

    def __str__(self) -> str:
        return f"{int(self):,}"


class Listing:
    """One request of a list."""

    def __init__(self, declared: ListPage, request: HttpRequest) -> None:
        self.declared = declared
        self.request = request
        self.actor = actor_of(request)
        self.query: QueryDict = request.GET
        source = declared.queryset(self.actor)
        self.filters = (
            declared.filterset(self.query, queryset=source, request=request)
            if declared.filterset
            else None
        )
        self.source = source
        for field in self.filters.form.fields.values() if self.filters is not None else ():
            if isinstance(field.widget, NullBooleanSelect):  # "Unknown" reads like a value
                field.widget.choices = [("unknown", _("All")), *list(field.widget.choices)[1:]]

    # conditions

    @cached_property
    def errors(self) -> Any:
        return self.filters.errors if self.filters is not None else {}

    @cached_property
    def conditions(self) -> dict[str, Any]:
        """Conditions in force by name, as values."""
        if self.filters is None or self.errors:
            return {}
        empty: tuple[Any, ...] = (None, "", [], ())
        return {
            name: value
            for name, value in self.filters.form.cleaned_data.items()
            if value not in empty and not (isinstance(value, QuerySet) and not value)
        }

    @cached_property
    def rows_wanted(self) -> QuerySet[Any]:
        """Every row that meets the conditions; none while a condition cannot be read."""
        if self.filters is None:
            return self.source
        return self.source.none() if self.errors else self.filters.qs

    @property
    def chips(self) -> list[Chip]:
        if self.filters is None:
            return []
        return [
            Chip(
                f"{self.filters.form.fields[name].label} {self._words(name, value)}",
                self.address(drop=(name, "page")),
            )
            for name, value in self.conditions.items()
        ]

    def _words(self, name: str, value: Any) -> str:
        field = self.filters.form.fields[name]  # type: ignore[union-attr]
        if isinstance(value, Model):
            return str(value)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if isinstance(value, slice):
            low, high = value.start, value.stop
            return f"{low if low is not None else '…'}–{high if high is not None else '…'}"
        choices = dict(getattr(field, "flat_choices", None) or _flat(field))
        if isinstance(value, list | tuple):
            return gettext(", ").join(str(choices.get(one, one)) for one in value)
        return str(choices.get(value, choices.get(str(value), value)))

    @property
    def clear(self) -> str:
        return self.address(keep=OWN, drop=("page",)) if self.conditions else ""

    # order, pages, columns

    @cached_property
    def sort(self) -> tuple[Column, bool]:
        """The column and whether downwards; only declared columns are taken."""
        wanted = self.query.get("sort", "")
        for text in (wanted, self.declared.default_sort):
            column = self.declared.column(text.removeprefix("-"))
            if column is not None and column.sort:
                return column, text.startswith("-")
        raise LookupError(f"{self.declared.name} has no default order")

    @cached_property
    def order(self) -> tuple[str, ...]:
        column, down = self.sort
        keys = (*column.order(), "pk")
        return tuple(_turned(key) for key in keys) if down else keys

    @cached_property
    def count(self) -> int:
        if self.errors:
            return 0
        known = self.declared.count(self.actor, self.conditions)
        return self.rows_wanted.order_by().count() if known is None else known

    @property
    def count_words(self) -> str:
        return str(self.declared.counted % {"n": _Grouped(self.count)})

    @property
    def count_number(self) -> str:
        return f"{self.count:,}"

    @property
    def total_words(self) -> str:
        return f"{self.total:,}"

    @property
    def labels(self) -> dict[str, SafeString]:
        """Column name → its head, for ``data-label`` on phones; escaped once, not in every row."""
        return {c.name: escape(str(c.label)) for c in self.declared.columns}

    @property
    def pick_words(self) -> str:
        return gettext("Select")

    @cached_property
    def total(self) -> int | None:
        return self.declared.total(self.actor) if self.conditions else None

    @cached_property
    def size(self) -> int:
        asked = self.query.get("size", "")
        known = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
        return known if known in SIZES else self.declared.default_size

    @cached_property
    def page(self) -> Any:
        asked = self.query.get("page", "1")[:9]
        found = _Pages(self.rows_wanted, self.count, self.size, self.order).get_page(asked)
        found.window = list(found.paginator.get_elided_page_range(found.number, on_each_side=2))
        found.window = [n if isinstance(n, int) else None for n in found.window]
        return found

    @cached_property
    def rows(self) -> list[Any]:
        found = list(self.page.object_list)
        self.declared.prepare(found, self.actor)
        return found

    @property
    def rows_html(self) -> SafeString:
        """The rows by their own template, which sees nothing of the page."""
        template = get_template(self.declared.row_template)
        context = {"rows": self.rows, "show": self.show, "label": self.labels}
        return SafeString(template.render({**context, "pick": self.pick_words}))

    @cached_property
    def columns(self) -> list[Column]:
        """Columns on show: those chosen, else the usual ones."""
        chosen = set(self.query.getlist("cols"))
        able = [c for c in self.declared.columns if not c.export_only]
        if not chosen.intersection(c.name for c in able):
            return [c for c in able if not c.hidden]
        return [c for c in able if c.fixed or c.name in chosen]

    @property
    def show(self) -> dict[str, bool]:
        """Column name → whether it is on show, for the row template."""
        return defaultdict(bool, dict.fromkeys((c.name for c in self.columns), True))

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        show = self.show
        return [(c, show[c.name]) for c in self.declared.columns if not c.export_only]

    @property
    def heads(self) -> list[Head]:
        sorted_by, down = self.sort
        heads = []
        for column in self.columns:
            here = column.name == sorted_by.name
            css = " ".join(
                name for name, on in (("aj-num", column.num), ("aj-opt", column.optional)) if on
            )
            to = f"-{column.name}" if here and not down else column.name
            heads.append(
                Head(
                    column.name,
                    str(column.label),
                    self.address(drop=("page",), sort=to) if column.sort else "",
                    ("down" if down else "up") if here else "",
                    css,
                )
            )
        return heads

    def address(
        self, *, keep: Iterable[str] | None = None, drop: Iterable[str] = (), **put: str
    ) -> str:
        """The list's address with parameters kept, dropped and put."""
        query = self.query.copy()
        for name in list(query):
            base = name.removesuffix("_min").removesuffix("_max")
            if (keep is not None and name not in keep) or name in drop or base in drop:
                del query[name]
        for name, value in put.items():
            query[name] = value
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    @property
    def hidden_conditions(self) -> list[tuple[str, str]]:
        """The query without page, size and columns, for forms that change one of them."""
        return [
            (name, value)
            for name, values in self.query.lists()
            if name not in ("page", "size", "cols")
            for value in values
        ]

    @property
    def hidden_columns(self) -> list[tuple[str, str]]:
        return [("cols", value) for value in self.query.getlist("cols")] + [
            (name, str(self.query[name])) for name in ("size", "sort") if name in self.query
        ]

    @property
    def first_fields(self) -> list[Any]:
        if self.filters is None:
            return []
        return list(self.filters.form)[: self.declared.first_filters]

    @property
    def more_fields(self) -> list[Any]:
        if self.filters is None:
            return []
        return list(self.filters.form)[self.declared.first_filters :]

    @property
    def more_opened(self) -> bool:
        names = {field.name for field in self.more_fields}
        return bool(names.intersection(self.conditions) or names.intersection(self.errors))

    sizes = SIZES

    # saved filters, export

    @cached_property
    def saved(self) -> list[SavedFilter]:
        kept = SavedFilter.objects.visible_to(self.actor).filter(list_name=self.declared.name)
        found = list(kept.order_by("name", "pk")[:100])
        for one in found:
            one.mine = one.user_id == self.actor.user_id  # type: ignore[attr-defined]
            one.href = f"{self.request.path}?{one.query}"  # type: ignore[attr-defined]
        return found

    def picked(self) -> QuerySet[Any] | None:
        """The rows ticked, or None for every row of the conditions; never one outside the scope."""
        if self.request.POST.get("every"):
            return None
        ids = [text for text in self.request.POST.getlist("id") if text.isascii()]
        keys = [int(text) for text in ids[:MAX_PICKED] if text.isdigit() and len(text) < 19]
        if not keys:
            raise InvalidInput({"id": [_("Tick at least one row first.")]})
        return self.source.filter(pk__in=keys)

    def export(self, rows: QuerySet[Any] | None, file_format: str) -> HttpResponseBase:
        """The rows as a file, recorded before the first byte leaves; None means every row.

        Every row of a long list is written in the background, so that no page waits for it.
        """
        if not self.declared.can_export or file_format not in FORMATS:
            raise InvalidInput({"export": [_("This list is not given out in that format.")]})
        at = timezone.now()
        if rows is None:
            if self.count > settings.EXPORT_IMMEDIATE_ROWS:
                return self._export_later(file_format, at)
            rows = self.rows_wanted
        list_export(
            actor=self.actor,
            list_name=self.declared.name,
            rows=rows.order_by().count(),
            file_format=file_format,
            query=self.query.urlencode(),
            personal=self.declared.holds_personal(self.actor),
            at=at,
        )
        title = str(self.declared.title)
        return FORMATS[file_format](
            f"{title}-{legal_day(at)}", self.file_heads, self.file_rows(rows), sheet=title
        )

    def _export_later(self, file_format: str, at: datetime) -> HttpResponseBase:
        query = self.query.copy()
        for name in ("page", "size", "cols"):
            query.pop(name, None)
        address = LIST_EXPORTER.get()(
            actor=self.actor,
            listed=self.declared.name,
            title=str(self.declared.title),
            query=query.urlencode(),
            file_format=file_format,
            rows=self.count,
            personal=self.declared.holds_personal(self.actor),
            at=at,
        )
        return HttpResponseRedirect(address, status=303)

    @property
    def _file_columns(self) -> list[Column]:
        return [c for c in self.declared.columns if c.value or not c.hidden]

    @property
    def file_heads(self) -> list[str]:
        """The first line of the list as a file."""
        return [str(c.label) for c in self._file_columns]

    def file_rows(self, rows: QuerySet[Any] | None = None) -> Iterator[list[Any]]:
        """The cells of the list as a file, row by row in the list's order, in constant memory."""
        wanted = self.rows_wanted if rows is None else rows
        columns = self._file_columns
        return self._cells(wanted.order_by(*self.order), columns)

    def _cells(self, rows: QuerySet[Any], columns: list[Column]) -> Iterator[list[Any]]:
        chunk: list[Any] = []
        for row in rows.iterator(chunk_size=CHUNK):
            chunk.append(row)
            if len(chunk) == CHUNK:
                yield from self._chunk(chunk, columns)
                chunk = []
        yield from self._chunk(chunk, columns)

    def _chunk(self, rows: list[Any], columns: list[Column]) -> Iterator[list[Any]]:
        self.declared.prepare(rows, self.actor)
        for row in rows:
            yield [column.cell(row) for column in columns]


def listing_of(declared: ListPage, actor: Actor, query: str) -> Listing:
    """The list as an actor would see it under an address's conditions, outside a request."""
    request = HttpRequest()
    request.method = "GET"
    request.GET = QueryDict(query)
    request.actor = actor  # type: ignore[attr-defined]
    return Listing(declared, request)


class _Pages(Paginator):
    """Pages with a known count; the second half is read from the end."""

    def __init__(self, rows: QuerySet[Any], total: int, size: int, order: tuple[str, ...]) -> None:
        super().__init__(rows.order_by(*order), size)
        self._total = total
        self._order = order

    @property
    def count(self) -> int:  # type: ignore[override]
        return self._total

    def page(self, number: int | str) -> Any:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self._total)
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        if first <= self._total // 2:
            found = list(rows.order_by(*self._order)[first:last])
        else:
            turned = rows.order_by(*(_turned(key) for key in self._order))
            found = list(turned[self._total - last : self._total - first])[::-1]
        return self._get_page(found, number, self)


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _flat(field: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    choices = getattr(field, "choices", ())
    if hasattr(field, "queryset"):
        return flat
    for key, words in choices:
        flat += list(words) if isinstance(words, list | tuple) else [(key, words)]
    return flat
