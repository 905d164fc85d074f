"""Conditions of the register's lists."""

from __future__ import annotations

import time
from typing import Any

import django_filters
from django import forms
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.core.actors import Actor, Reach
from anju.core.area import dm2_from_m2
from anju.core.errors import InvalidInput
from anju.reference.models import Area
from anju.reference.states import AreaLevel
from anju.ui.pages import NOBODY

from .models import (
    Building,
    Community,
    Company,
    HomeBinding,
    ManagementArea,
    Manager,
    ManagerEmployment,
    Person,
    Project,
    ReadComplaint,
    Unit,
)
from .models.bindings import RUNNING
from .queries import keyed, people_named
from .states import (
    AreaState,
    BindingKind,
    BindingMethod,
    BuildingState,
    BuildingUse,
    ChangeState,
    CommunityKind,
    CommunityState,
    CompanyState,
    ComplaintState,
    EntryKind,
    ImportKind,
    ImportState,
    ManagerState,
    ProjectState,
    UnitKind,
    UnitState,
)

_KEPT: dict[str, tuple[float, list[Any]]] = {}
_KEPT_SECONDS = 30.0


def places() -> list[tuple[int, int, int | None, str, bool]]:
    """(id, level, parent, name, exists) of all areas in order; kept half a minute per process."""
    base = str(connection.settings_dict["NAME"])
    kept = _KEPT.get(base)
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        rows: list[tuple[int, int, int | None, str, bool]] = [
            (pk, level, parent, name, valid_to is None)
            for pk, level, parent, name, valid_to in Area.objects.order_by("sort_key").values_list(
                "pk", "level", "parent_id", "name", "valid_to"
            )
        ]
        _KEPT[base] = (time.monotonic(), rows)
        return rows
    return kept[1]


def forget_places() -> None:
    """Read the areas afresh; tests change them."""
    _KEPT.clear()


def place_names() -> dict[int, str]:
    """Area id → name."""
    return {pk: name for pk, _level, _parent, name, _exists in places()}


def below(actor: Actor, level: int, parent: int | None = None) -> list[tuple[str, str]]:
    """Areas of a level within the actor's reach, or below a parent, as choices."""
    rows = places()
    root = parent or actor.area_id
    if root is None or actor.reach not in (
        Reach.DISTRICT,
        Reach.SUBDISTRICT,
        Reach.COMMITTEE,
    ):
        root = parent
    parents = {pk: up for pk, _level, up, _name, _exists in rows}
    found = []
    for pk, at, _up, name, exists in rows:
        if not exists:
            continue
        here: int | None = pk
        while root is not None and here is not None and here != root:
            here = parents.get(here)
        if at == level and (root is None or here == root):
            found.append((str(pk), name))
    return found


class Text(django_filters.CharFilter):
    """Words; no more than a name holds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        super().__init__(*args, **kwargs)


class AreaFilter(django_filters.Filter):
    """A floor area in m², compared in dm²."""

    field_class = forms.CharField

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        return super().filter(qs, min(dm2_from_m2(value), 2_000_000_000))

    @property
    def field(self) -> forms.Field:
        field = super().field

        def clean(text: str) -> str:
            text = forms.CharField.clean(field, text)
            if text:
                try:
                    dm2_from_m2(text)
                except InvalidInput as error:
                    raise forms.ValidationError(str(error)) from error
            return text

        field.clean = clean
        return field


class PlaceFilters(django_filters.FilterSet):
    """District, sub-district and committee, as far as the actor's post does not fix them."""

    district = django_filters.ChoiceFilter(
        label=_("District"), method="by_place", empty_label=_("All")
    )
    subdistrict = django_filters.ChoiceFilter(
        label=_("Sub-district"), method="by_place", empty_label=_("All")
    )
    committee = django_filters.ChoiceFilter(
        label=_("Neighbourhood committee"), method="by_place", empty_label=_("All")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        actor: Actor = getattr(self.request, "actor", NOBODY)
        fixed = [Reach.CITY, Reach.DISTRICT, Reach.SUBDISTRICT, Reach.COMMITTEE]
        depth = fixed.index(actor.reach) if actor.reach in fixed else 0
        district = self._asked("district")
        subdistrict = self._asked("subdistrict")
        for name, level, parent in (
            ("district", AreaLevel.DISTRICT, None),
            ("subdistrict", AreaLevel.SUBDISTRICT, district),
            ("committee", AreaLevel.COMMITTEE, subdistrict),
        ):
            # A city has thousands of committees: they are offered below a sub-district only.
            needless = level == AreaLevel.COMMITTEE and depth < 2 and subdistrict is None
            if depth >= level or needless:
                del self.filters[name]
                continue
            self.filters[name].extra["choices"] = below(actor, level, parent)
            self.filters[name].extra["widget"] = forms.Select(attrs={"data-aj-find": ""})

    def by_place(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Rows of a place, also while the rows of that place are being moved."""
        unsettled = Area.objects.filter(pk=value, unsettled=True).exists()
        return rows.in_place(name, int(value), unsettled=unsettled)  # type: ignore[attr-defined]

    def _asked(self, name: str) -> int | None:
        text = (self.data or {}).get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _named(kind: EntryKind, field: str = "pk", *, counted: bool = False) -> Any:
    """Rows whose ``field`` is a thing that the words name: by part, pinyin or initials.

    ``counted`` asks for the things first: of a million rows the planner must know how many.
    """

    def search(queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = keyed(kind, value)
        things = [pk for row in found for pk in row.values()] if counted else found
        return queryset.filter(**{f"{field}__in": things})

    return search


class CommunityFilters(PlaceFilters):
    name = Text(label=_("Name or code"), method="by_name")
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=CommunityKind.choices, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=CommunityState.choices, empty_label=_("All")
    )
    is_old = django_filters.BooleanFilter(label=_("Old community"))
    built_after = django_filters.NumberFilter(
        label=_("Built from"), field_name="built_year", lookup_expr="gte", min_value=1900
    )
    built_before = django_filters.NumberFilter(
        label=_("Built until"), field_name="built_year", lookup_expr="lte", max_value=2100
    )

    class Meta:
        model = Community
        fields: tuple[str, ...] = ()

    by_name = staticmethod(_named(EntryKind.COMMUNITY))


class ManagementAreaFilters(PlaceFilters):
    name = Text(label=_("Name"), method="by_name")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=AreaState.choices, empty_label=_("All")
    )

    class Meta:
        model = ManagementArea
        fields: tuple[str, ...] = ()

    by_name = staticmethod(_named(EntryKind.AREA))


class ProjectFilters(PlaceFilters):
    name = Text(label=_("Management area"), method="by_area")
    company = Text(label=_("Company"), method="by_company")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ProjectState.choices, empty_label=_("All"), method="by_state"
    )

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()

    def by_state(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """The state of today, which the period gives."""
        return rows.in_state(value)  # type: ignore[attr-defined]

    by_area = staticmethod(_named(EntryKind.AREA, "management_area_id"))
    by_company = staticmethod(_named(EntryKind.COMPANY, "company_id"))


class BuildingFilters(PlaceFilters):
    name = Text(label=_("Community"), method="by_community")
    use = django_filters.ChoiceFilter(
        label=_("Use"), choices=BuildingUse.choices, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=BuildingState.choices, empty_label=_("All")
    )
    has_lift = django_filters.BooleanFilter(label=_("Lift"))
    community = django_filters.NumberFilter(
        label=_("Community number"), field_name="community_id", min_value=1
    )

    class Meta:
        model = Building
        fields: tuple[str, ...] = ()

    by_community = staticmethod(_named(EntryKind.COMMUNITY, "community_id"))


class UnitFilters(PlaceFilters):
    name = Text(label=_("Community"), method="by_community")
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=UnitKind.choices, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=UnitState.choices, empty_label=_("All")
    )
    number = Text(label=_("Number"), lookup_expr="exact", max_length=20)
    area_from = AreaFilter(label=_("Area from, m²"), field_name="area_dm2", lookup_expr="gte")
    area_to = AreaFilter(label=_("Area to, m²"), field_name="area_dm2", lookup_expr="lte")
    community = django_filters.NumberFilter(
        label=_("Community number"), field_name="community_id", min_value=1
    )
    building = django_filters.NumberFilter(
        label=_("Building number"), field_name="building_id", min_value=1
    )

    class Meta:
        model = Unit
        fields: tuple[str, ...] = ()

    by_community = staticmethod(_named(EntryKind.COMMUNITY, "community_id", counted=True))


class PersonFilters(django_filters.FilterSet):
    name = Text(label=_("Name or pinyin"), method="by_name")

    class Meta:
        model = Person
        fields: tuple[str, ...] = ()

    def by_name(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(pk__in=people_named(value))


class CompanyFilters(django_filters.FilterSet):
    name = Text(label=_("Name or code"), method="by_name")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=CompanyState.choices, empty_label=_("All")
    )
    is_out_of_town = django_filters.BooleanFilter(label=_("Registered out of town"))

    class Meta:
        model = Company
        fields: tuple[str, ...] = ()

    by_name = staticmethod(_named(EntryKind.COMPANY))


class ManagerFilters(django_filters.FilterSet):
    name = Text(label=_("Name"), method="by_name")
    company = Text(label=_("Company"), method="by_company")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ManagerState.choices, empty_label=_("All")
    )

    class Meta:
        model = Manager
        fields: tuple[str, ...] = ()

    by_name = staticmethod(_named(EntryKind.MANAGER))

    def by_company(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Managers who work today for a company so named."""
        works = ManagerEmployment.objects.today().filter(
            company_id__in=keyed(EntryKind.COMPANY, value)
        )
        return queryset.filter(pk__in=works.values("manager_id"))


class ChangeFilters(PlaceFilters):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ChangeState.choices, empty_label=_("All")
    )
    of = Text(label=_("Of"), field_name="target_label", lookup_expr="icontains")

    class Meta:
        model = Community
        fields: tuple[str, ...] = ()


class ImportFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(
        label=_("Sheet"), choices=ImportKind.choices, empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ImportState.choices, empty_label=_("All")
    )

    class Meta:
        model = Community
        fields: tuple[str, ...] = ()


class BindingFilters(PlaceFilters):
    name = Text(label=_("Community or person"), method="by_name")
    kind = django_filters.ChoiceFilter(
        label=_("Bound as"), choices=BindingKind.choices, empty_label=_("All")
    )
    method = django_filters.ChoiceFilter(
        label=_("Bound how"), choices=BindingMethod.choices, empty_label=_("All")
    )
    running = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("yes", _("Bound")), ("no", _("Ended"))],
        method="by_running",
        empty_label=_("All"),
    )

    class Meta:
        model = HomeBinding
        fields: tuple[str, ...] = ()

    def by_name(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(unit__community_id__in=keyed(EntryKind.COMMUNITY, value))
            | Q(person_id__in=people_named(value))
        )

    def by_running(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(RUNNING) if value == "yes" else queryset.exclude(RUNNING)


class ComplaintFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ComplaintState.choices, empty_label=_("All")
    )

    class Meta:
        model = ReadComplaint
        fields: tuple[str, ...] = ()
