"""Companies: registering, renaming, branches and staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from anju.access.models import User
from anju.access.permissions import perm
from anju.core import journal
from anju.core.actors import Actor
from anju.core.errors import Conflict, InvalidInput
from anju.core.text import sort_key
from anju.core.time import legal_day
from anju.core.transactions import service

from .. import rules
from ..models import ChangeRequest, Company, CompanyName, CompanyStaff, Person
from ..policies import may
from ..states import CompanyState
from .base import checked, locked, need_second_person, not_after_today, required, succeed, told
from .communities import _apply, _known
from .search import company_index

REGISTERED = journal.declare("registry.company_register", _("Registered the company"))
RENAMED = journal.declare("registry.company_rename", _("Renamed the company"))
RECODED = journal.declare("registry.company_recode", _("Changed the company's credit code"))
CHANGED = journal.declare("registry.company_change", _("Changed the company"))
CLOSED = journal.declare("registry.company_close", _("Closed the company"))
REOPENED = journal.declare("registry.company_reopen", _("Put the company back in business"))
BRANCH_ADDED = journal.declare("registry.branch_add", _("Added a branch"))
STAFF_ADDED = journal.declare("registry.staff_add", _("Added a member of staff"))
STAFF_ENDED = journal.declare("registry.staff_end", _("Ended a member of staff"))

CHANGE = perm("registry:company_change")
STAFF = perm("registry:staff_change")
REVIEW = perm("registry:change_review")
REOPEN = perm("registry:file_reopen")

COMPANY_FIELDS = frozenset(
    {
        "registered_area", "is_out_of_town", "registered_address", "legal_representative",
        "registered_capital_fen", "founded_on", "phone", "organisation",
    }
)  # fmt: skip


def _code(code: str) -> str:
    code = "".join(code.split()).upper()
    if not rules.uscc_is_valid(code):
        raise InvalidInput(
            {"code": [_("This is not a unified social credit code: check its 18 characters.")]}
        )
    return code


@service
def company_register(
    *,
    actor: Actor,
    code: str,
    name: str,
    kind: str,
    at: datetime,
    named_from: date | None = None,
    parent: Company | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Company:
    """Register a company by its unified social credit code.

    Raises:
        InvalidInput: the code's check character is wrong; Conflict: the code is on file.
    """
    may(actor, CHANGE, parent).require()
    company = Company(
        code=_code(code),
        name=required("name", name, longest=120),
        kind=kind,
        parent=parent,
        **_known(fields, COMPANY_FIELDS),
    )
    company.sort_key = sort_key(company.name)
    checked(company)
    first_day = named_from or legal_day(at)
    not_after_today(first_day, at, field="named_from")
    with told():
        company.save()
        CompanyName.objects.create(
            company=company, name=company.name, period=DateRange(first_day, None)
        )
        company_index(company)
    journal.record(actor=actor, action=REGISTERED, at=at, target=company)
    return company


@service
def branch_add(
    *,
    actor: Actor,
    parent: Company,
    code: str,
    name: str,
    at: datetime,
    fields: Mapping[str, Any] | None = None,
) -> Company:
    """Register a branch of a company; a branch has no branches of its own."""
    may(actor, CHANGE, parent).require()
    if parent.parent_id is not None:
        raise Conflict(_("A branch has no branches; choose its company."))
    branch: Company = company_register(
        actor=actor, code=code, name=name, kind=parent.kind, at=at, parent=parent, fields=fields
    )
    journal.record(
        actor=actor, action=BRANCH_ADDED, at=at, target=parent,
        changes={"branch": [None, branch.name]},
    )  # fmt: skip
    return branch


@service
def company_rename(
    *,
    actor: Actor,
    company: Company,
    name: str,
    on_day: date,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> Company:
    """Give the company another name from a day on."""
    need_second_person(actor, approved, "company_rename")
    may(actor, CHANGE if approved is None else REVIEW, company).require()
    not_after_today(on_day, at)
    name = required("name", name, longest=120)
    company = locked(company)
    before = company.name
    with told():
        succeed(CompanyName, {"company": company}, {"name": name}, on_day)
        company.name = CompanyName.objects.on(legal_day(at)).get(company=company).name
        company.sort_key = sort_key(company.name)
        company.save(update_fields=["name", "sort_key"])
        company_index(company)
    journal.record(
        actor=actor, action=RENAMED, at=at, target=company, reason=reason,
        changes={"name": [before, name], "on_day": [None, str(on_day)]},
    )  # fmt: skip
    return company


@service
def company_recode(
    *,
    actor: Actor,
    company: Company,
    code: str,
    at: datetime,
    reason: str = "",
    approved: ChangeRequest | None = None,
) -> Company:
    """Correct the credit code of a company."""
    need_second_person(actor, approved, "company_recode")
    may(actor, CHANGE if approved is None else REVIEW, company).require()
    company = locked(company)
    before, company.code = company.code, _code(code)
    with told():
        company.save(update_fields=["code"])
        company_index(company)
    journal.record(
        actor=actor, action=RECODED, at=at, target=company, reason=reason,
        changes={"code": [before, company.code]},
    )  # fmt: skip
    return company


@service
def company_change(
    *, actor: Actor, company: Company, at: datetime, fields: Mapping[str, Any] | None = None
) -> Company:
    """Change what needs no second person (see ``COMPANY_FIELDS``)."""
    may(actor, CHANGE, company).require()
    company = locked(company)
    changes = _apply(company, _known(fields, COMPANY_FIELDS))
    checked(company)
    with told():
        company.save()
        company_index(company)
    changes = {name: [str(old), str(new)] for name, (old, new) in changes.items()}
    journal.record(actor=actor, action=CHANGED, at=at, target=company, changes=changes)
    return company


@service
def company_close(*, actor: Actor, company: Company, reason: str, at: datetime) -> Company:
    """Mark a company as out of business; it must not serve a project today or later."""
    may(actor, CHANGE, company).require()
    company = locked(company)
    if company.state == CompanyState.CLOSED:
        raise Conflict(_("The company is closed already."))
    if company.projects.filter(period__endswith__isnull=True).exists() or (
        company.projects.filter(period__endswith__gt=legal_day(at)).exists()
    ):
        raise Conflict(_("The company still serves a project; end it first."))
    company.state = CompanyState.CLOSED
    company.save(update_fields=["state"])
    company_index(company)
    journal.record(
        actor=actor, action=CLOSED, at=at, target=company, reason=required("reason", reason)
    )
    return company


@service
def company_reopen(*, actor: Actor, company: Company, reason: str, at: datetime) -> Company:
    """Put a company back in business that was marked as closed by mistake.

    Raises:
        Conflict: it is in business.
    """
    may(actor, REOPEN, company).require()
    company = locked(company)
    if company.state != CompanyState.CLOSED:
        raise Conflict(_("The company is in business."))
    reason = required("reason", reason)
    company.state = CompanyState.ACTIVE
    with told():
        company.save(update_fields=["state"])
        company_index(company)
    journal.record(actor=actor, action=REOPENED, at=at, target=company, reason=reason)
    return company


@service
def staff_add(
    *,
    actor: Actor,
    company: Company,
    name: str,
    title: str,
    from_day: date,
    at: datetime,
    person: Person | None = None,
    user: User | None = None,
) -> CompanyStaff:
    """Add a member of staff from a day on."""
    may(actor, STAFF, company).require()
    if person is not None:
        may(actor, STAFF, person).require()
    with told():
        staff = CompanyStaff.objects.create(
            company=company,
            person=person,
            user=user,
            name=required("name", name, longest=60),
            title=required("title", title, longest=60),
            period=DateRange(from_day, None),
        )
    journal.record(
        actor=actor, action=STAFF_ADDED, at=at, target=company,
        changes={"staff": [None, f"#{staff.pk}"]},
    )  # fmt: skip
    return staff


@service
def staff_end(*, actor: Actor, staff: CompanyStaff, on_day: date, at: datetime) -> CompanyStaff:
    """End a member of staff from a day on."""
    may(actor, STAFF, staff.company).require()
    staff = locked(staff)
    if on_day <= staff.period.lower:
        raise InvalidInput({"on_day": [_("The end lies after the beginning.")]})
    staff.period = DateRange(staff.period.lower, on_day)
    with told():
        staff.save(update_fields=["period"])
    journal.record(
        actor=actor, action=STAFF_ENDED, at=at, target=staff.company,
        changes={"staff": [f"#{staff.pk}", None]},
    )  # fmt: skip
    return staff
