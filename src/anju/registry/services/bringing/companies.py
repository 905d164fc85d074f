"""A sheet of companies, compared with the register and written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anju.access.permissions import perm
from anju.core.actors import Actor
from anju.core.text import fold
from anju.core.time import legal_day

from ...models import Company, ImportBatch
from ...sheets import Problem, raw_rows
from ...sheets.companies import CompanyRow, read_companies
from ...sheets.layout import Rows
from ...states import IMPORT_RIGHTS, CompanyKind, CompanyState, ImportKind, RowOutcome
from ..companies import company_change, company_register
from .places import PlaceWords
from .work import Bring, Work, came_from

CHANGE = perm("registry:company_change")


@dataclass(slots=True)
class _Step:
    """What becomes of one company; ``said`` is all the row gives, ``changes`` what differs."""

    row: CompanyRow
    on_file: Company | None
    said: dict[str, Any]
    changes: dict[str, Any]


class CompaniesWork(Work):
    """Companies by credit code."""

    def __init__(self, actor: Actor, found: Rows[CompanyRow], at: datetime) -> None:
        super().__init__(rows=len(found.good) + len(found.bad), bad=found.bad)
        self.words = PlaceWords(actor, CHANGE, at)
        codes = [row.code for row in found.good]
        self.on_file = {company.code: company for company in Company.objects.filter(code__in=codes)}
        self.steps: list[_Step] = []
        for row in found.good:
            problems: list[Problem] = []
            step = self._compare(row, problems)
            if problems:
                self.bad[row.row] = problems
            elif step.on_file is None:
                self.steps.append(step)
                self.note(row.row, RowOutcome.CREATED)
            elif step.changes:
                self.steps.append(step)
                self.note(row.row, RowOutcome.CHANGED)
            else:
                self.note(row.row, RowOutcome.UNCHANGED)

    def _compare(self, row: CompanyRow, problems: list[Problem]) -> _Step:
        said: dict[str, Any] = {
            "registered_area": self.words.find("place", row.place, problems) if row.place else None,
            "is_out_of_town": row.out_of_town,
            "registered_address": row.address,
            "legal_representative": row.representative,
            "phone": row.phone,
        }
        said = {name: value for name, value in said.items() if value not in (None, "")}
        company = self.on_file.get(row.code)
        if company is None:
            return _Step(row, None, said, said)
        if company.state != CompanyState.ACTIVE:
            problems.append(("code", "closed", ""))
        if fold(company.name) != fold(row.name):
            problems.append(("name", "named", company.name))
        if row.kind and row.kind != company.kind:
            problems.append(("kind", "other_kind", ""))
        changes = {name: value for name, value in said.items() if getattr(company, name) != value}
        return _Step(row, company, said, changes)

    def write(self, *, actor: Actor, batch: ImportBatch, at: datetime) -> None:
        """Register and change, each by its own service, with the source of each value."""
        for step in self.steps:
            company = step.on_file
            values = {
                name: value.pk if name == "registered_area" else value
                for name, value in step.said.items()
            }
            if company is None:
                company = company_register(
                    actor=actor,
                    code=step.row.code,
                    name=step.row.name,
                    kind=step.row.kind or CompanyKind.PROPERTY,
                    named_from=min(batch.as_of, legal_day(at)),
                    fields=step.said,
                    at=at,
                )
                values["name"] = company.name
            else:
                company_change(actor=actor, company=company, fields=step.changes, at=at)
            came_from(company, values, batch)
        self.keep_lines(batch)


def check(*, actor: Actor, file_name: str, content: bytes, at: datetime) -> CompaniesWork:
    """Read the sheet and compare it with the register."""
    return CompaniesWork(actor, read_companies(raw_rows(file_name, content)), at)


BRING = Bring(IMPORT_RIGHTS[ImportKind.COMPANIES], check)
