"""Forms of communities, buildings, management areas and projects."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..models import Building, Manager
from ..models.base import Today
from ..states import BuildingUse, CommunityKind, CompanyKind, Structure, UnitKind
from .fields import (
    ActorForm,
    NamedField,
    PlaceField,
    Yuan,
    companies,
    day_field,
    evidence_field,
    reason_field,
)

YEAR = {"min_value": 1900, "max_value": 2100, "required": False}


def lines(text: str) -> list[str]:
    """Entries parted by commas or lines, without repeats."""
    parts = text.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


class CommunityFacts(ActorForm):
    """What needs no second person."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CommunityKind.choices)
    is_old = forms.BooleanField(label=_("Old community"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    built_year = forms.IntegerField(label=_("Built in"), **YEAR)  # type: ignore[arg-type]
    developer = NamedField(
        label=_("Developer"),
        required=False,
        help_text=_("Name or credit code of a developer on file."),
    )
    longitude = forms.FloatField(
        label=_("Longitude"),
        required=False,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("Degrees, WGS 84, e.g. 117.18."),
    )
    latitude = forms.FloatField(
        label=_("Latitude"),
        required=False,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    aliases = forms.CharField(
        label=_("Other names"),
        required=False,
        max_length=400,
        help_text=_("Parted by commas; the search finds them."),
    )

    def prepare(self) -> None:
        developer = self.fields["developer"]
        developer.rows = lambda: companies(self.actor, kind=CompanyKind.DEVELOPER)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("longitude") is None) != (data.get("latitude") is None):
            self.add_error("latitude", _("Give both longitude and latitude, or neither."))
        return data

    def clean_aliases(self) -> list[str]:
        found = lines(self.cleaned_data["aliases"])
        if any(len(name) > 80 for name in found):
            raise forms.ValidationError(_("A name has at most 80 characters."))
        return found

    def facts(self) -> dict[str, Any]:
        """Fields as the service takes them."""
        return community_facts(self.cleaned_data)


def community_facts(data: dict[str, Any]) -> dict[str, Any]:
    """Fields of a community among a form's data."""
    names = ("kind", "is_old", "address", "built_year", "developer", "longitude", "latitude")
    return {name: data[name] for name in names}


class CommunityNew(CommunityFacts):
    area = PlaceField()
    name = forms.CharField(label=_("Name"), max_length=80)
    code = forms.CharField(
        label=_("Code"), max_length=32, help_text=_("Once given it changes only after review.")
    )
    field_order = ("name", "code", "area", "kind", "address", "built_year", "developer")

    def prepare(self) -> None:
        super().prepare()
        self.fields["area"].offer(self.actor)  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    name = forms.CharField(label=_("New name"), max_length=120)
    on_day = day_field(label=_("Named so from"))
    reason = reason_field()
    evidence = evidence_field()


class RecodeForm(forms.Form):
    code = forms.CharField(label=_("New code"), max_length=32)
    reason = reason_field()
    evidence = evidence_field()


class MoveForm(ActorForm):
    area = PlaceField(label=_("New place"))

    def prepare(self) -> None:
        self.fields["area"].offer(self.actor)  # type: ignore[attr-defined]


class ShowForm(forms.Form):
    ends_on = day_field(
        label=_("Last day on show"),
        help_text=_("Objections are taken until its end; they must be answered in words."),
    )


class EndForm(forms.Form):
    on_day = day_field(label=_("First day without it"))
    reason = reason_field()


class BuildingFacts(forms.Form):
    use = forms.ChoiceField(label=_("Use"), choices=BuildingUse.choices)
    structure = forms.ChoiceField(label=_("Structure"), choices=Structure.choices)
    floors = forms.IntegerField(label=_("Floors"), min_value=1, max_value=200, required=False)
    floors_below = forms.IntegerField(
        label=_("Floors below ground"), min_value=0, max_value=9, initial=0
    )
    has_lift = forms.BooleanField(label=_("It has a lift"), required=False)
    built_year = forms.IntegerField(label=_("Built in"), **YEAR)  # type: ignore[arg-type]


class BuildingNew(BuildingFacts):
    number = forms.CharField(label=_("Number"), max_length=20)
    stairwells = forms.CharField(
        label=_("Stairwells"),
        required=False,
        max_length=200,
        help_text=_("Numbers parted by commas, e.g. 1, 2, 3."),
    )
    field_order = ("number", "stairwells")

    def clean_stairwells(self) -> list[str]:
        return lines(self.cleaned_data["stairwells"])


class StairwellNew(forms.Form):
    number = forms.CharField(label=_("Number"), max_length=20)
    has_lift = forms.BooleanField(label=_("It has a lift"), required=False)


class BuildingsField(forms.CharField):
    """Buildings written ``community: 1, 2, 3``, one community a line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Buildings"))
        kwargs.setdefault("max_length", 4000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        kwargs.setdefault(
            "help_text", _("One community a line: name or code, a colon, numbers parted by commas.")
        )
        super().__init__(**kwargs)
        self.form: ActorForm | None = None

    def clean(self, value: Any) -> list[Building]:
        text = super().clean(value)
        found: list[Building] = []
        actor = self.form.actor if self.form else None
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            place, _colon, rest = line.replace("：", ":").partition(":")
            wanted = lines(rest)
            community = Q(community__name=place.strip()) | Q(community__code=place.strip())
            rows = Building.objects.visible_to(actor).filter(community, state="active")  # type: ignore[arg-type]
            got = list(rows.filter(number__in=wanted))
            missing = [one for one in wanted if one not in {b.number for b in got}]
            if missing or not wanted:
                raise forms.ValidationError(
                    _("Line %(line)s: no building %(numbers)s of %(place)s is on file here."),
                    params={
                        "line": number,
                        "numbers": _(", ").join(missing) or "—",
                        "place": place.strip()[:80],
                    },
                )
            found += got
        if not found:
            raise forms.ValidationError(_("Name at least one building."))
        return found


class AreaNew(ActorForm):
    area = PlaceField()
    name = forms.CharField(label=_("Name"), max_length=80)
    code = forms.CharField(label=_("Code"), max_length=32)
    buildings = BuildingsField()
    on_day = day_field(label=_("Delimited on"))
    field_order = ("name", "code", "area", "buildings", "on_day")

    def prepare(self) -> None:
        self.fields["area"].offer(self.actor)  # type: ignore[attr-defined]
        self.fields["buildings"].form = self  # type: ignore[attr-defined]


class AreaBuildings(ActorForm):
    buildings = BuildingsField()
    on_day = day_field()

    def prepare(self) -> None:
        self.fields["buildings"].form = self  # type: ignore[attr-defined]


class ProjectNew(ActorForm):
    company = NamedField(label=_("Company"), help_text=_("Name or credit code."))
    code = forms.CharField(label=_("Code of the project"), max_length=32)
    from_day = day_field(label=_("First day of service"))
    to_day = day_field(label=_("First day without service"), required=False, initial=None)
    fee_home = Yuan(label=_("Fee of homes, yuan a m² and month"), required=False, most=100_00)
    fee_commercial = Yuan(
        label=_("Fee of commercial units, yuan a m² and month"), required=False, most=100_00
    )

    def prepare(self) -> None:
        self.fields["company"].rows = lambda: companies(self.actor)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("to_day")
        if first and last and last <= first:
            self.add_error("to_day", _("The end lies before the beginning."))
        return data


class FeeForm(forms.Form):
    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    fee_fen = Yuan(label=_("Fee, yuan a m² and month"), most=100_00)
    from_day = day_field()
    reason = reason_field()
    evidence = evidence_field()


class ProjectManagerForm(ActorForm):
    manager = NamedField(
        label=_("Project manager"),
        code="certificate_number",
        help_text=_("Name or certificate number of a manager who works for the company."),
    )
    from_day = day_field()

    def prepare(self) -> None:
        company = self.target.company_id
        self.fields["manager"].rows = lambda: Manager.objects.filter(  # type: ignore[attr-defined]
            employments__company_id=company, employments__period__contains=Today()
        )
