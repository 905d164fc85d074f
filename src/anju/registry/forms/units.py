"""Forms of homes and units: facts, areas, split, merge, owners."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.core.area import dm2_from_m2, m2
from anju.core.errors import InvalidInput

from .. import rules
from ..models import Company, Stairwell, Unit
from ..states import OwnershipSource, UnitKind
from .fields import (
    ActorForm,
    OwnerField,
    ShareField,
    SquareMetres,
    day_field,
    evidence_field,
    reason_field,
)

HOLDERS = 4


class UnitFacts(ActorForm):
    number = forms.CharField(label=_("Number"), max_length=20)
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind.choices)
    stairwell = forms.ChoiceField(label=_("Stairwell"), required=False)
    floor = forms.IntegerField(label=_("Floor"), min_value=-9, max_value=200, required=False)

    def prepare(self) -> None:
        building = self.target.building if isinstance(self.target, Unit) else self.target
        self.stairwells = {
            str(s.pk): s for s in Stairwell.objects.filter(building=building).order_by("number")
        }
        choices = [("", _("None"))] + [(pk, s.number) for pk, s in self.stairwells.items()]
        self.fields["stairwell"].choices = choices  # type: ignore[attr-defined]

    def clean_stairwell(self) -> Any:
        return self.stairwells.get(self.cleaned_data["stairwell"])


class UnitNew(UnitFacts):
    registered_dm2 = SquareMetres(label=_("Registered area, m²"), required=False)
    surveyed_dm2 = SquareMetres(label=_("Surveyed area, m²"), required=False)
    contract_dm2 = SquareMetres(label=_("Contract area, m²"), required=False)


class AreasForm(forms.Form):
    registered_dm2 = SquareMetres(label=_("Registered area, m²"), required=False)
    surveyed_dm2 = SquareMetres(label=_("Surveyed area, m²"), required=False)
    contract_dm2 = SquareMetres(label=_("Contract area, m²"), required=False)
    reason = reason_field()
    evidence = evidence_field()


class SplitForm(ActorForm):
    """Parts one a line; their areas must add to the whole."""

    parts = forms.CharField(
        label=_("Parts"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One part a line: number, a blank, area in m². E.g. 301A 45.20"),
    )
    on_day = day_field(label=_("Split on"))
    reason = reason_field()
    evidence = evidence_field()

    def clean_parts(self) -> list[dict[str, Any]]:
        parts = []
        for number, line in enumerate(self.cleaned_data["parts"].splitlines(), 1):
            if not line.strip():
                continue
            words = line.replace("，", " ").replace(",", " ").split()
            if len(words) != 2:
                raise forms.ValidationError(
                    _("Line %(line)s: write a number, a blank and an area."),
                    params={"line": number},
                )
            try:
                area = dm2_from_m2(words[1])
            except InvalidInput as error:
                raise forms.ValidationError(
                    _("Line %(line)s: %(words)s"), params={"line": number, "words": error}
                ) from error
            parts.append({"number": words[0][:20], "area_dm2": area})
        areas = [part["area_dm2"] for part in parts]
        if len({part["number"] for part in parts}) != len(parts):
            raise forms.ValidationError(_("Two parts have the same number."))
        if not rules.split_is_exact(self.target.area_dm2, areas or [0]):
            raise forms.ValidationError(
                _("The parts add to %(sum)s m², the unit has %(whole)s m². Two or more needed."),
                params={"sum": m2(sum(areas)), "whole": m2(self.target.area_dm2)},
            )
        return parts


class MergeForm(ActorForm):
    """Units of one building that become one."""

    units = forms.MultipleChoiceField(
        label=_("Units to merge"), widget=forms.CheckboxSelectMultiple
    )
    number = forms.CharField(label=_("Number of the merged unit"), max_length=20)
    stairwell = forms.ChoiceField(
        label=_("Stairwell of the merged unit"),
        required=False,
        help_text=_("Needed when the units lie in several."),
    )
    floor = forms.IntegerField(
        label=_("Floor of the merged unit"),
        required=False,
        min_value=-9,
        max_value=200,
        help_text=_("Needed when the units lie on several."),
    )
    on_day = day_field(label=_("Merged on"))
    reason = reason_field()
    evidence = evidence_field()

    def prepare(self) -> None:
        rows = Unit.objects.active().filter(building=self.target).order_by("sort_key")[:500]
        self.offered = {str(u.pk): u for u in rows}
        stairwells = self.target.stairwells.order_by("number").values_list("pk", "number")
        self.fields["stairwell"].choices = [  # type: ignore[attr-defined]
            ("", _("The same for all")),
            *((str(pk), number) for pk, number in stairwells),
        ]
        words = _("%(number)s, %(area)s m²")
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (pk, words % {"number": u.number, "area": m2(u.area_dm2)})
            for pk, u in self.offered.items()
        ]

    def clean_units(self) -> list[Unit]:
        found = [self.offered[pk] for pk in self.cleaned_data["units"]]
        if len(found) < 2:
            raise forms.ValidationError(_("Choose two or more units."))
        if any(unit.area_dm2 <= 0 for unit in found):
            raise forms.ValidationError(_("The area of every unit must be known first."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found = data.get("units") or []
        if not data.get("stairwell") and len({unit.stairwell_id for unit in found}) > 1:
            self.add_error("stairwell", _("The units lie in several stairwells; choose one."))
        if data.get("floor") is None and len({unit.floor for unit in found}) > 1:
            self.add_error("floor", _("The units lie on several floors; give one."))
        return data


class OwnersForm(forms.Form):
    """Up to four owners with shares that add to one."""

    source = forms.ChoiceField(label=_("Paper it rests on"), choices=OwnershipSource.choices)
    on_day = day_field(label=_("Owned from"))
    is_unsold = forms.BooleanField(label=_("Developer's unsold stock"), required=False)
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for index in range(1, HOLDERS + 1):
            self.fields[f"owner_{index}"] = OwnerField(
                label=_("Owner %(n)s") % {"n": index},
                required=index == 1,
                max_length=120,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.fields[f"share_{index}"] = ShareField(
                label=_("Share"),
                required=index == 1,
                max_length=12,
                initial="1" if index == 1 else "",
            )
        owners = [f"{name}_{i}" for i in range(1, HOLDERS + 1) for name in ("owner", "share")]
        self.order_fields([*owners, "source", "on_day", "is_unsold", "reason"])

    @property
    def holder_fields(self) -> list[tuple[Any, Any]]:
        """Owner and share side by side."""
        return [(self[f"owner_{i}"], self[f"share_{i}"]) for i in range(1, HOLDERS + 1)]

    @property
    def other_fields(self) -> list[Any]:
        names = ("source", "on_day", "is_unsold", "reason", "evidence")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        holders: list[tuple[Any, Any]] = []
        for index in range(1, HOLDERS + 1):
            owner, share = data.get(f"owner_{index}"), data.get(f"share_{index}")
            if owner is None and share is None:
                continue
            if owner is None and f"owner_{index}" not in self.errors:
                self.add_error(f"owner_{index}", _("Name the owner of this share."))
            elif share is None and f"share_{index}" not in self.errors:
                self.add_error(f"share_{index}", _("Give the share of this owner."))
            else:
                holders.append((owner, share))
        if not self.errors and not rules.shares_are_whole([share for _o, share in holders]):
            num, den = rules.shares_sum([share for _o, share in holders])
            self.add_error(
                "share_1",
                _("The shares must add to exactly one; they add to %(sum)s.")
                % {"sum": f"{num}/{den}"},
            )
        if len({(type(o), getattr(o, "pk", None)) for o, _s in holders}) != len(holders):
            self.add_error("owner_1", _("An owner is named twice."))
        data["holders"] = holders
        return data


class OwnersChangeForm(OwnersForm):
    """The owners of a unit as they shall be, and what shows it."""

    evidence = evidence_field()


def holder_rows(holders: list[tuple[Any, tuple[int, int]]]) -> list[dict[str, Any]]:
    """Owners as a proposed change keeps them: by key, without numbers or names."""
    return [
        {
            "company" if isinstance(owner, Company) else "person": owner.pk,
            "num": share[0],
            "den": share[1],
        }
        for owner, share in holders
    ]
