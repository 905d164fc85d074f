"""Kinds and states of what the register holds, and the moves between states."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anju.access.permissions import perm
from anju.flow.states import Flow, Move


class CommunityKind(TextChoices):
    COMMERCIAL = "commercial", _("Commercial housing")
    OLD = "old", _("Old community")
    REFORM = "reform", _("Sold public housing")
    AFFORDABLE = "affordable", _("Affordable housing")
    RELOCATION = "relocation", _("Relocation housing")
    SCATTERED = "scattered", _("Scattered blocks")
    OTHER = "other", _("Other")


class CommunityState(TextChoices):
    ACTIVE = "active", _("In use")
    CLOSED = "closed", _("Closed")


class AreaState(TextChoices):
    ACTIVE = "active", _("In force")
    CLOSED = "closed", _("Closed")


class ProjectState(TextChoices):
    """Read from the period, never stored: no day passes without its state."""

    PLANNED = "planned", _("Not begun")
    ACTIVE = "active", _("In service")
    ENDED = "ended", _("Ended")


class Structure(TextChoices):
    BRICK = "brick", _("Brick and concrete")
    FRAME = "frame", _("Frame")
    SHEAR = "shear", _("Shear wall")
    FRAME_SHEAR = "frame_shear", _("Frame and shear wall")
    STEEL = "steel", _("Steel")
    OTHER = "other", _("Other")


class BuildingUse(TextChoices):
    HOMES = "homes", pgettext_lazy("use of a building", "Homes")
    MIXED = "mixed", _("Mixed")
    COMMERCIAL = "commercial", _("Commercial")
    PUBLIC = "public", _("Public rooms")
    GARAGE = "garage", _("Garage")
    OTHER = "other", _("Other")


class BuildingState(TextChoices):
    ACTIVE = "active", _("In use")
    DEMOLISHED = "demolished", _("Demolished")


class UnitKind(TextChoices):
    HOME = "home", pgettext_lazy("kind of unit", "Home")
    COMMERCIAL = "commercial", _("Commercial unit")
    GARAGE = "garage", _("Garage")
    STORAGE = "storage", _("Storage room")
    OTHER = "other", _("Other unit")


class UnitState(TextChoices):
    ACTIVE = "active", _("In use")
    SPLIT = "split", _("Split")
    MERGED = "merged", _("Merged")
    DEMOLISHED = "demolished", _("Demolished")


class AreaSource(TextChoices):
    """Order of the Supreme Court's interpretation (2020), article 8."""

    REGISTERED = "registered", _("Property register")
    SURVEYED = "surveyed", _("Survey")
    CONTRACT = "contract", _("Sale contract")
    NONE = "none", _("Unknown")


class SuccessionKind(TextChoices):
    SPLIT = "split", _("Split")
    MERGE = "merge", _("Merge")


class OwnershipSource(TextChoices):
    REGISTER = "register", _("Property register")
    CONTRACT = "contract", _("Sale contract")
    DEVELOPER = "developer", _("Developer's list")
    COURT = "court", _("Court decision")
    COUNTER = "counter", _("Papers at the counter")
    IMPORT = "import", _("Imported")


class IdKind(TextChoices):
    RESIDENT = "resident", _("Resident identity card")
    PASSPORT = "passport", _("Passport")
    HONG_KONG_MACAO = "hk_macao", _("Hong Kong or Macao travel permit")
    TAIWAN = "taiwan", _("Taiwan travel permit")
    PERMANENT = "permanent", _("Foreigner's permanent residence card")
    UNKNOWN = "unknown", _("Unknown")


class PersonState(TextChoices):
    ACTIVE = "active", _("On file")
    ERASED = "erased", _("Erased")


class CompanyKind(TextChoices):
    PROPERTY = "property", _("Property company")
    DEVELOPER = "developer", _("Developer")
    OTHER = "other", _("Other company")


class CompanyState(TextChoices):
    ACTIVE = "active", _("In business")
    CLOSED = "closed", _("Closed")


class ManagerState(TextChoices):
    ACTIVE = "active", _("Working")
    LEFT = "left", _("Left the trade")


class BindingKind(TextChoices):
    OWNER = "owner", _("Owner")
    CO_OWNER = "co_owner", _("Co-owner")
    TENANT = "tenant", _("Tenant")


class BindingMethod(TextChoices):
    MATCH = "match", _("Register match and phone code")
    COUNTER = "counter", _("At the counter with a witness")
    INVITATION = "invitation", _("By the owner's invitation")


class PaperSeen(TextChoices):
    """Papers an official saw in the original when binding at the counter."""

    ID_CARD = "id_card", _("Identity card")
    TITLE = "title", _("Certificate of real estate title")
    PURCHASE = "purchase", _("Filed purchase contract")
    LEASE = "lease", _("Filed lease contract")
    MARRIAGE = "marriage", _("Marriage certificate or family register")
    INHERITANCE = "inheritance", _("Notarised inheritance or court decision")
    PROXY = "proxy", _("Notarised power of attorney")
    UNRECORDED = "unrecorded", _("Not recorded at the time")


class InvitationState(TextChoices):
    OPEN = "open", _("Waiting for the tenant")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


class ComplaintState(TextChoices):
    RECEIVED = "received", _("Waiting for an answer")
    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Not upheld")


class ChangeState(TextChoices):
    PROPOSED = "proposed", _("Waiting for review")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ImportState(TextChoices):
    PREVIEWED = "previewed", _("Previewed")
    APPLIED = "applied", _("Imported")
    DISCARDED = "discarded", _("Discarded")


class ImportKind(TextChoices):
    """What a file to import is a sheet of."""

    UNITS = "units", pgettext_lazy("kind of sheet", "Homes")
    COMMUNITIES = "communities", _("Communities and buildings")
    OWNERS = "owners", _("Owners of homes")
    COMPANIES = "companies", _("Companies")
    AREAS = "areas", _("Management areas")


IMPORT_RIGHTS: dict[str, str] = {
    ImportKind.UNITS: perm("registry:unit_import"),
    ImportKind.COMMUNITIES: perm("registry:community_import"),
    ImportKind.OWNERS: perm("registry:owner_import"),
    ImportKind.COMPANIES: perm("registry:company_import"),
    ImportKind.AREAS: perm("registry:area_import"),
}


class RowOutcome(TextChoices):
    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REFUSED = "refused", _("Refused")


class EntryKind(TextChoices):
    """What the search box finds."""

    COMMUNITY = "community", _("Community")
    AREA = "area", _("Management area")
    COMPANY = "company", _("Company")
    MANAGER = "manager", _("Project manager")
    BUILDING = "building", _("Building")
    UNIT = "unit", _("Home or unit")
    PERSON = "person", _("Person")


# Tables of moves: state → states that may follow.
CHANGE_MOVES: dict[str, frozenset[str]] = {
    ChangeState.PROPOSED: frozenset(
        {ChangeState.APPROVED, ChangeState.REFUSED, ChangeState.WITHDRAWN}
    ),
    ChangeState.APPROVED: frozenset(),
    ChangeState.REFUSED: frozenset(),
    ChangeState.WITHDRAWN: frozenset(),
}
UNIT_MOVES: dict[str, frozenset[str]] = {
    UnitState.ACTIVE: frozenset({UnitState.SPLIT, UnitState.MERGED, UnitState.DEMOLISHED}),
    UnitState.SPLIT: frozenset(),
    UnitState.MERGED: frozenset(),
    UnitState.DEMOLISHED: frozenset(),
}
IMPORT_MOVES: dict[str, frozenset[str]] = {
    ImportState.PREVIEWED: frozenset({ImportState.APPLIED, ImportState.DISCARDED}),
    ImportState.APPLIED: frozenset(),
    ImportState.DISCARDED: frozenset(),
}

C, V = ComplaintState, InvitationState
COMPLAINT_FLOW = Flow(
    name="registry.complaint",
    states=ComplaintState,
    first=C.RECEIVED,
    closed=frozenset({C.UPHELD, C.REJECTED}),
    moves=(
        Move(
            name="uphold",
            label=_("Uphold the complaint"),
            source=frozenset({C.RECEIVED}),
            target=C.UPHELD,
            permission=perm("audit:complaint_answer"),
            reason=True,
        ),
        Move(
            name="reject",
            label=_("Do not uphold the complaint"),
            source=frozenset({C.RECEIVED}),
            target=C.REJECTED,
            permission=perm("audit:complaint_answer"),
            reason=True,
        ),
    ),
)
INVITATION_FLOW = Flow(
    name="registry.invitation",
    states=InvitationState,
    first=V.OPEN,
    closed=frozenset({V.ACCEPTED, V.WITHDRAWN, V.LAPSED}),
    moves=(
        Move(
            name="accept",
            label=_("Accept the invitation"),
            source=frozenset({V.OPEN}),
            target=V.ACCEPTED,
            permission=perm("registry:binding_self"),
        ),
        Move(
            name="withdraw",
            label=_("Withdraw the invitation"),
            source=frozenset({V.OPEN}),
            target=V.WITHDRAWN,
            permission=perm("registry:binding_self"),
        ),
        Move(
            name="lapse",
            label=_("Let the invitation lapse"),
            source=frozenset({V.OPEN}),
            target=V.LAPSED,
            permission=perm("registry:binding_self"),
        ),
    ),
)

# How states look: shape and tone of the kit.
APPEARANCE: list[tuple[TextChoices, tuple[str, str]]] = [
    (CommunityState.ACTIVE, ("s-done", "good")),
    (CommunityState.CLOSED, ("s-filed", "")),
    (AreaState.ACTIVE, ("s-done", "good")),
    (AreaState.CLOSED, ("s-filed", "")),
    (ProjectState.PLANNED, ("s-open", "")),
    (ProjectState.ACTIVE, ("s-doing", "tile")),
    (ProjectState.ENDED, ("s-filed", "")),
    (BuildingState.ACTIVE, ("s-done", "good")),
    (BuildingState.DEMOLISHED, ("s-void", "")),
    (UnitState.ACTIVE, ("s-done", "good")),
    (UnitState.SPLIT, ("s-void", "")),
    (UnitState.MERGED, ("s-void", "")),
    (UnitState.DEMOLISHED, ("s-void", "")),
    (PersonState.ACTIVE, ("s-done", "good")),
    (PersonState.ERASED, ("s-void", "")),
    (CompanyState.ACTIVE, ("s-done", "good")),
    (CompanyState.CLOSED, ("s-filed", "")),
    (ManagerState.ACTIVE, ("s-done", "good")),
    (ManagerState.LEFT, ("s-filed", "")),
    (ChangeState.PROPOSED, ("s-open", "")),
    (ChangeState.APPROVED, ("s-done", "good")),
    (ChangeState.REFUSED, ("s-fail", "bad")),
    (ChangeState.WITHDRAWN, ("s-void", "")),
    (ImportState.PREVIEWED, ("s-open", "")),
    (ImportState.APPLIED, ("s-done", "good")),
    (ImportState.DISCARDED, ("s-void", "")),
    (InvitationState.OPEN, ("s-wait", "")),
    (InvitationState.ACCEPTED, ("s-done", "good")),
    (InvitationState.WITHDRAWN, ("s-void", "")),
    (InvitationState.LAPSED, ("s-void", "")),
    (ComplaintState.RECEIVED, ("s-open", "")),
    (ComplaintState.UPHELD, ("s-done", "good")),
    (ComplaintState.REJECTED, ("s-fail", "bad")),
]
