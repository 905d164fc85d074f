"""Open data: what is published, as CSV and JSON, with a schema. No personal data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import FilteredRelation, Q
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.registry.models import Community, Company, Project
from anju.registry.models.base import Today

LICENCE = "CC-BY-4.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column: name in the file, JSON type, what it means."""

    name: str
    kind: str  # string, integer, number, boolean, date
    meaning: Promise
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A published set of rows in a fixed order."""

    name: str
    title: Promise
    note: Promise
    fields: tuple[Field, ...]
    rows: Callable[[], Iterator[tuple[Any, ...]]]


def _communities() -> Iterator[tuple[Any, ...]]:
    yield from (
        Community.objects.published()
        .order_by("code")
        .values_list(
            "code",
            "name",
            "district__name",
            "subdistrict__name",
            "kind",
            "built_year",
            "longitude",
            "latitude",
        )
        .iterator(chunk_size=2000)
    )


def _companies() -> Iterator[tuple[Any, ...]]:
    yield from (
        Company.objects.published()
        .filter(kind="property")
        .order_by("code")
        .values_list("code", "name", "state", "is_out_of_town", "phone")
        .iterator(chunk_size=2000)
    )


def _projects() -> Iterator[tuple[Any, ...]]:
    rows = (
        Project.objects.published()
        .current()
        # A project whose manager is not named yet is public too.
        .annotate(
            led=FilteredRelation("assignments", condition=Q(assignments__period__contains=Today()))
        )
        .order_by("code")
        .values_list(
            "code",
            "management_area__code",
            "management_area__name",
            "district__name",
            "company__code",
            "company__name",
            "period",
            "led__manager__name",
            "led__manager__published_phone",
        )
        .iterator(chunk_size=2000)
    )
    for *head, period, name, phone in rows:
        yield (*head, period.lower, name, phone)


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            name="communities",
            title=_("Communities"),
            note=_("Every community in use, with its place and year."),
            fields=(
                Field(name="code", kind="string", meaning=_("Code of the community")),
                Field(name="name", kind="string", meaning=_("Name")),
                Field(name="district", kind="string", meaning=_("District"), optional=True),
                Field(name="subdistrict", kind="string", meaning=_("Sub-district"), optional=True),
                Field(name="kind", kind="string", meaning=_("Kind of housing")),
                Field(name="built_year", kind="integer", meaning=_("Built in"), optional=True),
                Field(
                    name="longitude", kind="number", meaning=_("Longitude, WGS-84"), optional=True
                ),
                Field(name="latitude", kind="number", meaning=_("Latitude, WGS-84"), optional=True),
            ),
            rows=_communities,
        ),
        Dataset(
            name="companies",
            title=_("Property companies"),
            note=_("Every property company on file, with the telephone it publishes."),
            fields=(
                Field(name="code", kind="string", meaning=_("Unified social credit code")),
                Field(name="name", kind="string", meaning=_("Name")),
                Field(name="state", kind="string", meaning=_("In business or closed")),
                Field(name="out_of_town", kind="boolean", meaning=_("Registered out of town")),
                Field(name="telephone", kind="string", meaning=_("Published telephone")),
            ),
            rows=_companies,
        ),
        Dataset(
            name="projects",
            title=_("Projects and managers"),
            note=_(
                "Who serves which management area today, with the manager's published telephone."
            ),
            fields=(
                Field(name="code", kind="string", meaning=_("Code of the project")),
                Field(name="area_code", kind="string", meaning=_("Code of the management area")),
                Field(name="area_name", kind="string", meaning=_("Management area")),
                Field(name="district", kind="string", meaning=_("District"), optional=True),
                Field(name="company_code", kind="string", meaning=_("Unified social credit code")),
                Field(name="company", kind="string", meaning=_("Property company")),
                Field(name="since", kind="date", meaning=_("In service since"), optional=True),
                Field(name="manager", kind="string", meaning=_("Project manager"), optional=True),
                Field(
                    name="telephone", kind="string", meaning=_("Published telephone"), optional=True
                ),
            ),
            rows=_projects,
        ),
    )
}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _cell(value: Any) -> Any:
    # A spreadsheet must not read a name as a formula.
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else _plain(value)


def answer(dataset: Dataset, *, form: str, at: datetime) -> HttpResponse:
    """The data set as a file; ``ETag`` names its content."""
    rows = [tuple(row) for row in dataset.rows()]
    names = [field.name for field in dataset.fields]
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([_cell(value) for value in row] for row in rows)
        body, kind = "\ufeff" + out.getvalue(), "text/csv; charset=utf-8"
    else:
        body = json.dumps(
            {
                "dataset": dataset.name,
                "licence": LICENCE,
                "made_at": at.isoformat(timespec="seconds"),
                "count": len(rows),
                "rows": [dict(zip(names, map(_plain, row), strict=True)) for row in rows],
            },
            ensure_ascii=False,
        )
        kind = "application/json; charset=utf-8"
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{dataset.name}.{form}"'
    response["ETag"] = '"' + hashlib.sha256(repr(rows).encode()).hexdigest()[:32] + '"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


def schema(dataset: Dataset) -> dict[str, Any]:
    """JSON Schema (2020-12) of the JSON file; ``$defs/row`` is one row, in CSV too."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": str(dataset.title),
        "description": str(dataset.note),
        "type": "object",
        "properties": {
            "dataset": {"const": dataset.name},
            "licence": {"const": LICENCE},
            "made_at": {"type": "string", "format": "date-time"},
            "count": {"type": "integer", "minimum": 0},
            "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
        },
        "required": ["dataset", "licence", "made_at", "count", "rows"],
        "additionalProperties": False,
        "$defs": {"row": _row_schema(dataset)},
    }


def _row_schema(dataset: Dataset) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in dataset.fields:
        kind: Any = "string" if field.kind == "date" else field.kind
        entry: dict[str, Any] = {
            "type": [kind, "null"] if field.optional else kind,
            "description": str(field.meaning),
        }
        if field.kind == "date":
            entry["format"] = "date"
        properties[field.name] = entry
    return {
        "type": "object",
        "properties": properties,
        "required": [field.name for field in dataset.fields],
        "additionalProperties": False,
    }


def schema_answer(dataset: Dataset) -> HttpResponse:
    """The schema as a file."""
    response = HttpResponse(
        json.dumps(schema(dataset), ensure_ascii=False, indent=2),
        content_type="application/schema+json; charset=utf-8",
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response
