"""Every address of the product, with a real row to fill it in, for each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from anju.access.states import Role
from anju.core.actors import Actor

# Role → sign-in name of the demo.
ROLE_ACCOUNTS = {
    "anonymous": "",
    **{role.value: role.value.replace("_", "-") for role in Role if role != Role.ANONYMOUS},
}

ABSENT = 2_000_000_000


@dataclass(frozen=True)
class Address:
    """One URL pattern with its rule."""

    name: str
    route: str
    rule: Any
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def addresses() -> list[Address]:
    """Every URL pattern with a page rule, in the order it is mounted."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, space: str, above: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = above + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = ":".join(filter(None, (space, entry.namespace or "")))
            yield from _walk(entry, inner, route)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "page"):
            name = ":".join(filter(None, (space, str(entry.name))))
            yield Address(name, route, entry.callback.page, tuple(entry.pattern.converters))


def _rows(model: type[Model], actor: Actor) -> QuerySet[Any]:
    return model._default_manager.visible_to(actor)  # type: ignore[attr-defined]


# First part of an address's name → the model its pk names; the longest match counts.
def _models() -> dict[str, type[Model]]:
    from allauth.mfa.models import Authenticator
    from procrastinate.contrib.django.models import ProcrastinateJob

    from anju.access import models as access
    from anju.audit.models import AuditEvent
    from anju.contracts.models import OutOfTownFiling, ServiceContract
    from anju.documents.models import Paper
    from anju.exports.models import ListExport
    from anju.files.models import StoredFile
    from anju.flow.models import Objection, Publicity
    from anju.notices.models import OutboxMessage
    from anju.partners.models import CorrectionReport, Delivery, Endpoint
    from anju.reference.models import Area, AreaChange
    from anju.registry import models as registry

    return {
        "access:organisation": access.Organisation,
        "access:account": access.User,
        "access:user": access.User,
        "access:post_grant": access.User,
        "access:post": access.Post,
        "access:administrator_appoint": access.User,
        "access:elevation": access.Elevation,
        "access:factor": Authenticator,
        "access:key": access.ApiKey,
        "audit:event": AuditEvent,
        "contracts:contract": ServiceContract,
        "contracts:filing": OutOfTownFiling,
        "documents:paper": Paper,
        "exports:": ListExport,
        "files:": StoredFile,
        "files:attach": registry.ChangeRequest,
        "flow:publicity": Publicity,
        "flow:objection": Objection,
        "jobs:": ProcrastinateJob,
        "notices:message": OutboxMessage,
        "partners:report": CorrectionReport,
        "partners:endpoint": Endpoint,
        "partners:delivery": Delivery,
        "portal:community": registry.Community,
        "portal:company": registry.Company,
        "portal:manager": registry.Manager,
        "reference:area": Area,
        "reference:change": AreaChange,
        "registry:community": registry.Community,
        "registry:building_add": registry.Community,
        "registry:building": registry.Building,
        "registry:stairwell": registry.Building,
        "portal:tenant_invite": registry.HomeBinding,
        "portal:invitation_withdraw": registry.TenantInvitation,
        "registry:binding": registry.HomeBinding,
        "registry:complaint": registry.ReadComplaint,
        "registry:phone_separate": registry.Person,
        "registry:stairwell_renumber": registry.Stairwell,
        "registry:stairwell_remove": registry.Stairwell,
        "registry:unit_add": registry.Building,
        "registry:unit_merge": registry.Building,
        "registry:unit": registry.Unit,
        "registry:ownership": registry.Unit,
        "registry:area": registry.ManagementArea,
        "registry:project_start": registry.ManagementArea,
        "registry:project": registry.Project,
        "registry:person": registry.Person,
        "registry:manager_register": registry.Person,
        "registry:manager": registry.Manager,
        "registry:company": registry.Company,
        "registry:branch": registry.Company,
        "registry:staff_add": registry.Company,
        "registry:staff_end": registry.CompanyStaff,
        "registry:change": registry.ChangeRequest,
        "registry:import": registry.ImportBatch,
    }


def model_of(name: str) -> type[Model] | None:
    """The model an address's ``pk`` names."""
    fits = [prefix for prefix in _models() if name.startswith(prefix)]
    return _models()[max(fits, key=len)] if fits else None


# Arguments that are no row.
WORDS: dict[str, dict[str, Any]] = {
    "ui:catalogue": {"name": "list"},
    "portal:open_data_schema": {"name": "communities"},
    "portal:open_data_file": {"name": "communities", "form": "csv"},
    "reference:area_change_propose": {"name": "rename"},
    "reference:calendar_year": {"year": 2026},
    "reference:calendar_day": {"day": date(2026, 10, 1)},
    "reference:day_correct": {"day": date(2026, 10, 1)},
    "documents:paper_download": {"file_format": "pdf"},
    "contracts:filing_decide": {"name": "file"},
    "files:attach": {"purpose": "registry.change_evidence"},
}


# The state in which a move is open; a sample is taken from these first.
_DRAFT = {"state__in": ["draft", "returned"]}
OPEN_IN: dict[str, dict[str, Any]] = {
    "access:elevation_approve": {"state": "asked"},
    "access:elevation_refuse": {"state": "asked"},
    "access:key_revoke": {"revoked_at": None},
    "contracts:contract_change": _DRAFT,
    "contracts:contract_submit": _DRAFT,
    "contracts:contract_withdraw": _DRAFT,
    "contracts:contract_file": {"state": "submitted"},
    "contracts:contract_return": {"state": "submitted"},
    "contracts:contract_end": {"state": "filed"},
    "contracts:filing_decide": {"state": "submitted"},
    "documents:paper_withdraw": {"state": "issued"},
    "exports:export_fetch": {"state": "ready"},
    "flow:objection_answer": {"state": "received"},
    "flow:publicity_withdraw": {"state": "running"},
    "partners:endpoint_disable": {"state": "active"},
    "partners:endpoint_enable": {"state": "disabled"},
    "partners:report_accept": {"state": "received"},
    "partners:report_correct": {"state": "received"},
    "partners:report_refuse": {"state": "received"},
    "portal:invitation_withdraw": {"state": "open"},
    "portal:tenant_invite": {"ended_at": None},
    "registry:area_reopen": {"state": "closed"},
    "registry:binding_end": {"ended_at": None},
    "registry:community_reopen": {"state": "closed"},
    "registry:company_reopen": {"state": "closed"},
    "registry:complaint_answer": {"state": "received"},
}


# Addresses whose key belongs to something else in the same address.
SPECIAL = {"access:invitation"}


def sample(address: Address, actor: Actor) -> dict[str, Any] | None:
    """Arguments naming a row the actor may see; None when the actor sees none.

    Raises:
        LookupError: nobody said what fills this address. Add it here.
    """
    if not address.arguments:
        return {}
    arguments = dict(WORDS.get(address.name, {}))
    if "pk" in address.arguments and address.name not in SPECIAL:
        model = model_of(address.name)
        if model is None:
            raise LookupError(f"{address.name}: no model for pk")
        row = _first(model, actor, address)
        if row is None:
            return None
        arguments["pk"] = row.pk
    missing = set(address.arguments) - set(arguments)
    if missing:
        found = special(address, actor)
        if found is None:
            return None
        arguments |= found
    return arguments


def _first(model: type[Model], actor: Actor, address: Address) -> Any:
    rows = within(model, actor, address).order_by("pk")
    fits = OPEN_IN.get(address.name)
    return (rows.filter(**fits).first() if fits else None) or rows.first()


# Rows reached through what they hang on.
THROUGH = {"registry.CompanyStaff": "company", "flow.Objection": "publicity"}


def within(model: type[Model], actor: Actor, address: Address) -> QuerySet[Any]:
    """Rows of an address that the actor may see."""
    if address.name == "access:factor_remove":
        return model._default_manager.filter(user_id=actor.user_id)  # type: ignore[misc]
    if address.name == "portal:company":
        return model._default_manager.filter(kind="property")  # type: ignore[misc]
    if model._meta.label in THROUGH:
        through = THROUGH[model._meta.label]
        above = model._meta.get_field(through).related_model
        return model._default_manager.filter(**{f"{through}__in": _rows(above, actor).values("pk")})  # type: ignore[arg-type,type-var]
    if address.rule.public and address.name.startswith("portal:"):
        return model._default_manager.published()  # type: ignore[attr-defined,no-any-return]
    if hasattr(model._default_manager.all(), "visible_to"):
        return _rows(model, actor)
    return model._default_manager.all()


# An owner's own pages: what they name is no row the owner reaches by place.
OWN = {
    "portal:bind_home": "unit",
    "portal:bind_code": "unit",
    "portal:binding_end": "binding",
    "portal:invitation_accept": "invitation",
    "portal:complain": "event",
}


INTEGERS = {"pk", "key", *OWN.values()}  # arguments that are numbers


def own(address: Address, actor: Actor) -> dict[str, Any] | None:
    """A home anybody may ask for; a binding, an invitation or a read of the actor's own."""
    from django.utils import timezone

    from anju.access.models import User
    from anju.core.time import legal_day
    from anju.registry.models import Unit
    from anju.registry.queries.own import invitations_for, own_bindings, readings_for

    name = OWN[address.name]
    if name == "unit":
        row = Unit.objects.active().order_by("pk").first()
    elif name == "binding":
        row = own_bindings(actor).first()
    elif name == "event":
        row = readings_for(actor).first()
    else:
        user = User.objects.filter(pk=actor.user_id or 0).first()
        today = legal_day(timezone.now())
        row = invitations_for(user, today=today).first() if user else None
    return {name: row.pk} if row is not None else None


def special(address: Address, actor: Actor) -> dict[str, Any] | None:
    """Arguments of the few addresses that name several things.

    Raises:
        LookupError: nobody said what fills this address.
    """
    from django.contrib.auth.tokens import default_token_generator

    from anju.access.models import User
    from anju.documents.models import Paper
    from anju.registry.models import Community

    if address.name in OWN:
        return own(address, actor)
    if address.name == "access:invitation":
        # Somebody whom no test signs in: signing in makes the link void.
        person = User.objects.exclude(username__in=ROLE_ACCOUNTS.values()).first()
        return {"pk": person.pk, "token": default_token_generator.make_token(person)}
    if address.name == "documents:verify":
        paper = Paper.objects.order_by("pk").first()
        return {"code": paper.verification_code if paper else "none"}
    if address.name == "documents:extract_issue":
        row = Community.objects.visible_to(actor).first()
        return {"provider_name": "community", "key": row.pk} if row else None
    raise LookupError(f"{address.name}: say in addresses.py what fills {address.arguments}")


def named(address: Address) -> str | None:
    """The argument of an address that names a row; None where none does."""
    names = [n for n in ("pk", "key", *OWN.values()) if n in address.arguments]
    return names[0] if names and address.name not in SPECIAL else None


def stranger(address: Address, actor: Actor) -> Any:
    """Key of a row that exists and lies outside the actor's reach; None when there is none."""
    from anju.registry.models import Community

    if address.name in OWN:
        return _own_stranger(OWN[address.name], actor)
    model = Community if address.name == "documents:extract_issue" else model_of(address.name)
    if model is None:
        return None
    inside = within(model, actor, address).order_by().values("pk")
    row = model._default_manager.exclude(pk__in=inside).order_by("pk").first()
    return row.pk if row is not None else None


def _own_stranger(name: str, actor: Actor) -> Any:
    """A binding, an invitation or a read of data that belongs to somebody else."""
    from django.utils import timezone

    from anju.access.models import User
    from anju.audit.models import AuditEvent
    from anju.core.time import legal_day
    from anju.registry.models import HomeBinding, TenantInvitation
    from anju.registry.queries.own import invitations_for, readings_for

    if name == "unit":  # anybody may ask to be bound to any home
        return None
    if name == "binding":
        rows: Any = HomeBinding.objects.exclude(user_id=actor.user_id or 0)
    elif name == "event":
        mine = readings_for(actor).order_by().values("pk")
        rows = AuditEvent.objects.exclude(pk__in=mine)
    else:
        user = User.objects.get(pk=actor.user_id)
        mine = invitations_for(user, today=legal_day(timezone.now())).order_by().values("pk")
        rows = TenantInvitation.objects.exclude(pk__in=mine)
    row = rows.order_by("pk").first()
    return row.pk if row is not None else None


def url(address: Address, arguments: dict[str, Any]) -> str:
    return reverse(address.name, kwargs=arguments)
