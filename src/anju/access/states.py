from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    BUREAU = "bureau", _("Bureau")
    DISTRICT = "district", _("District office")
    ZONE = "zone", _("Functional zone office")
    SUBDISTRICT = "subdistrict", _("Sub-district office")
    COMMITTEE = "committee", _("Neighbourhood committee")
    COMPANY = "company", _("Property company")
    ASSOCIATION = "association", _("Trade association")
    CONTRACTOR = "contractor", _("Contractor")
    AGENCY = "agency", _("Other agency")


class Role(TextChoices):
    """The closed list of roles; docs/roles.md says what each may do."""

    BUREAU_HEAD = "bureau_head", _("Bureau head")
    DESK_CLERK = "desk_clerk", _("Desk clerk")
    DESK_CONFIRMER = "desk_confirmer", _("Desk confirmer")
    DESK_SIGNER = "desk_signer", _("Desk signer")
    DISTRICT_CLERK = "district_clerk", _("District clerk")
    SUBDISTRICT_CLERK = "subdistrict_clerk", _("Sub-district clerk")
    COMMITTEE_CLERK = "committee_clerk", _("Committee clerk")
    INSPECTOR = "inspector", _("Inspector")
    POLICE_MEMBER = "police_member", _("Police member")
    URBAN_MEMBER = "urban_member", _("Urban management member")
    COMPANY_ADMIN = "company_admin", _("Company administrator")
    PROJECT_MANAGER = "project_manager", _("Project manager")
    OWNER = "owner", _("Owner")
    CO_OWNER = "co_owner", _("Co-owner")
    TENANT = "tenant", _("Tenant")
    COMMITTEE_MEMBER = "committee_member", _("Owners' committee member")
    BID_EXPERT = "bid_expert", _("Bid evaluation expert")
    CONTRACTOR = "contractor", _("Contractor")
    ASSOCIATION = "association", _("Association")
    AUDITOR = "auditor", _("Auditor")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")
    API_PARTNER = "api_partner", _("API partner")
    ANONYMOUS = "anonymous", _("Anonymous")


class SignInWay(TextChoices):
    PASSWORD = "password", _("Password")
    PHONE_CODE = "phone_code", _("Phone code")
    PASSKEY = "passkey", _("Passkey")


class ElevationState(TextChoices):
    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    ENDED = "ended", _("Ended early")


APPEARANCE = {
    ElevationState.ASKED: ("s-wait", "lamp"),
    ElevationState.APPROVED: ("s-done", "good"),
    ElevationState.REFUSED: ("s-fail", "bad"),
    ElevationState.ENDED: ("s-filed", ""),
}
