"""The closed list of permissions and the roles that hold them.

A name is ``<app>:<noun>_<verb>``. ``perm`` is how code names one: an unknown name fails at import.
``docs/roles.md`` is made from here.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .states import Role

PERMISSIONS: dict[str, Promise] = {}
GRANTS: dict[Role, frozenset[str]] = dict.fromkeys(Role, frozenset())


def perm(name: str) -> str:
    """The permission's name.

    Raises:
        LookupError: it is not in the list.
    """
    if name not in PERMISSIONS:
        raise LookupError(f"unknown permission {name}")
    return name


def is_business(name: str) -> bool:
    """Whether a permission opens rows of the city's business, which no administrator reads.

    The platform's own rows, the calendar and the divisions are none.
    """
    app = name.partition(":")[0]
    return app not in PLATFORM and not any(name in GRANTS[role] for role in ADMINISTRATORS)


def _grant(name: str, label: Promise, *roles: Role) -> None:
    if name in PERMISSIONS:
        raise ValueError(f"permission {name} is listed twice")
    PERMISSIONS[name] = label
    for role in roles:
        GRANTS[role] = GRANTS[role] | {name}


DESK = (Role.BUREAU_HEAD, Role.DESK_CLERK, Role.DESK_CONFIRMER, Role.DESK_SIGNER)
PLACES = (Role.DISTRICT_CLERK, Role.SUBDISTRICT_CLERK, Role.COMMITTEE_CLERK)
FIELD = (Role.INSPECTOR, Role.POLICE_MEMBER, Role.URBAN_MEMBER)
OFFICIALS = (*DESK, *PLACES, *FIELD)
PLATFORM = frozenset({"access", "audit", "jobs", "notices", "reference"})
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
COMPANY = (Role.COMPANY_ADMIN, Role.PROJECT_MANAGER)
OWNERS = (Role.OWNER, Role.CO_OWNER, Role.TENANT, Role.COMMITTEE_MEMBER)

# access: organisations, accounts, posts. The system administrator opens accounts without rights,
# the security administrator gives rights, the bureau head appoints the three administrators.
_grant("access:organisation_view", _("See organisations"), *ADMINISTRATORS, Role.BUREAU_HEAD)
_grant("access:organisation_change", _("Enter and change organisations"), Role.SYSTEM_ADMIN)
_grant("access:account_enter", _("Sign in or register"), Role.ANONYMOUS)
_grant(
    "access:account_own",
    _("Keep one's own account"),
    *(role for role in Role if role not in (Role.ANONYMOUS, Role.API_PARTNER)),
)
_grant("access:account_view", _("See accounts"), *ADMINISTRATORS, Role.BUREAU_HEAD)
_grant("access:account_create", _("Open accounts"), Role.SYSTEM_ADMIN)
_grant("access:account_lock", _("Lock and unlock accounts"), Role.SECURITY_ADMIN)
_grant("access:post_view", _("See posts"), *ADMINISTRATORS, Role.BUREAU_HEAD)
_grant("access:post_grant", _("Grant and end posts"), Role.SECURITY_ADMIN)
_grant("access:administrator_appoint", _("Appoint administrators"), Role.BUREAU_HEAD)
_grant("access:role_view", _("See roles and permissions"), *ADMINISTRATORS, Role.BUREAU_HEAD)
_grant("access:signin_view", _("See sign-ins of others"), Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
_grant("access:elevation_ask", _("Ask for an elevation"), Role.SYSTEM_ADMIN)
_grant("access:elevation_decide", _("Decide on elevations"), Role.SECURITY_ADMIN)
_grant("access:elevation_view", _("See elevations"), *ADMINISTRATORS, Role.BUREAU_HEAD)
_grant("access:key_issue", _("Issue and revoke partner keys"), Role.SECURITY_ADMIN)

# flow: notices on show and their objections
_grant(
    "flow:publicity_start",
    _("Put a notice on show"),
    Role.DESK_CONFIRMER,
    Role.DESK_SIGNER,
    Role.DISTRICT_CLERK,
    Role.SUBDISTRICT_CLERK,
)
_grant(
    "flow:publicity_withdraw",
    _("Withdraw a notice"),
    Role.DESK_CONFIRMER,
    Role.DESK_SIGNER,
    Role.DISTRICT_CLERK,
    Role.SUBDISTRICT_CLERK,
)
_grant(
    "flow:objection_answer",
    _("Answer objections"),
    Role.DESK_CLERK,
    Role.DESK_CONFIRMER,
    Role.DISTRICT_CLERK,
    Role.SUBDISTRICT_CLERK,
)

# contracts: service contracts and filings of companies from out of town
_grant("contracts:contract_view", _("See service contracts"), *OFFICIALS, *COMPANY, Role.AUDITOR)
_grant(
    "contracts:contract_submit",
    _("Draft and submit contracts"),
    Role.COMPANY_ADMIN,
    Role.DISTRICT_CLERK,
    Role.SUBDISTRICT_CLERK,
)
_grant(
    "contracts:contract_file",
    _("File or return contracts"),
    Role.DESK_CONFIRMER,
    Role.DISTRICT_CLERK,
)
_grant("contracts:contract_end", _("End contracts"), Role.DESK_CONFIRMER, Role.DISTRICT_CLERK)
_grant(
    "contracts:filing_view",
    _("See out-of-town filings"),
    *DESK,
    Role.DISTRICT_CLERK,
    Role.COMPANY_ADMIN,
    Role.AUDITOR,
)
_grant(
    "contracts:filing_submit", _("Submit out-of-town filings"), Role.COMPANY_ADMIN, Role.DESK_CLERK
)
_grant("contracts:filing_decide", _("Decide out-of-town filings"), Role.DESK_CONFIRMER)

# registry: places, homes, owners, people, companies, managers
_READERS = (*OFFICIALS, Role.AUDITOR)
_EDITORS = (Role.DESK_CLERK, Role.DISTRICT_CLERK, Role.SUBDISTRICT_CLERK)
_REVIEWERS = (Role.DESK_CONFIRMER, Role.DESK_SIGNER, Role.DISTRICT_CLERK)
_grant("registry:community_view", _("See communities"), *_READERS, *COMPANY, *OWNERS)
_grant("registry:community_change", _("Register and change communities"), *_EDITORS)
_grant("registry:unit_view", _("See homes and units"), *_READERS, *COMPANY, *OWNERS)
_grant("registry:unit_change", _("Register and change homes and units"), *_EDITORS)
_grant("registry:owner_view", _("See who owns a home"), *DESK, *PLACES, Role.AUDITOR)
_grant("registry:owner_change", _("Record owners"), *_EDITORS)
_grant("registry:person_view", _("See people, masked"), *DESK, *PLACES)
_grant("registry:person_change", _("Register and change people"), *_EDITORS)
_grant(
    "registry:person_reveal",
    _("See identity numbers and phones in clear, with a reason"),
    Role.DESK_CLERK,
    Role.DESK_CONFIRMER,
    Role.DISTRICT_CLERK,
)
_grant("registry:area_view", _("See management areas"), *_READERS, *COMPANY, *OWNERS)
_grant("registry:area_change", _("Delimit management areas"), *_EDITORS)
_grant("registry:company_view", _("See companies"), *_READERS, *COMPANY, Role.ASSOCIATION)
_grant(
    "registry:company_change",
    _("Register and change companies"),
    Role.DESK_CLERK,
    Role.DISTRICT_CLERK,
)
_grant("registry:staff_change", _("Keep a company's staff"), Role.COMPANY_ADMIN, Role.DESK_CLERK)
_grant("registry:manager_view", _("See project managers"), *_READERS, *COMPANY, Role.ASSOCIATION)
_grant(
    "registry:manager_change",
    _("Keep the files of project managers"),
    Role.COMPANY_ADMIN,
    Role.DESK_CLERK,
    Role.DISTRICT_CLERK,
)
_grant("registry:project_view", _("See projects"), *_READERS, *COMPANY, *OWNERS)
_grant(
    "registry:project_change",
    _("Start, change and end projects"),
    Role.DESK_CLERK,
    Role.DISTRICT_CLERK,
    Role.SUBDISTRICT_CLERK,
)
_grant(
    "registry:project_staff",
    _("Name the manager of a project"),
    Role.COMPANY_ADMIN,
    Role.DESK_CLERK,
    Role.DISTRICT_CLERK,
)
_grant("registry:binding_view", _("See accounts bound to homes"), *DESK, *PLACES, Role.AUDITOR)
_COUNTERS = (Role.DESK_CLERK, *PLACES)
_grant("registry:binding_change", _("Bind accounts to homes at the counter"), *_COUNTERS)
_grant(
    "registry:phone_separate",
    _("Separate a phone that two people have"),
    Role.DESK_CLERK,
    Role.DISTRICT_CLERK,
    Role.SUBDISTRICT_CLERK,
)
_grant(
    "audit:complaint_view",
    _("See complaints about reads of personal data"),
    Role.AUDIT_ADMIN,
    Role.AUDITOR,
)
_grant(
    "audit:complaint_answer",
    _("Answer complaints about reads of personal data"),
    Role.AUDIT_ADMIN,
)
_grant("registry:binding_self", _("Bind one's own home"), *OWNERS)
_grant(
    "registry:change_propose",
    _("Propose a change that a second person reviews"),
    *_EDITORS,
    Role.COMMITTEE_CLERK,
    Role.COMPANY_ADMIN,
)
_grant(
    "registry:change_view",
    _("See proposed changes"),
    *DESK,
    *PLACES,
    Role.COMPANY_ADMIN,
    Role.AUDITOR,
)
_grant(
    "registry:register_search",
    _("Search the register"),
    *_READERS,
    *COMPANY,
    Role.ASSOCIATION,
)
_grant("registry:change_review", _("Review proposed changes"), *_REVIEWERS)
_grant(
    "registry:file_reopen",
    _("Reopen closed communities, areas and companies"),
    Role.DESK_CONFIRMER,
    Role.DESK_SIGNER,
)
_grant("registry:unit_import", _("Import homes from a file"), *_EDITORS)
_grant("registry:community_import", _("Import communities and buildings from a file"), *_EDITORS)
_grant("registry:owner_import", _("Import owners of homes from a file"), *_EDITORS)
_grant(
    "registry:company_import",
    _("Import companies from a file"),
    Role.DESK_CLERK,
    Role.DISTRICT_CLERK,
)
_grant("registry:area_import", _("Import management areas from a file"), *_EDITORS)

_grant("registry:api_read", _("Read the public register by program"), Role.API_PARTNER)

# partners: reports of wrong values by other systems, and the webhooks that tell them
_grant(
    "partners:correction_report",
    _("Report wrong values of the register by program"),
    Role.API_PARTNER,
)
_grant("partners:report_view", _("See partners' reports"), *DESK, *PLACES, Role.AUDITOR)
_grant("partners:report_decide", _("Decide partners' reports"), *_EDITORS)
_grant("partners:webhook_view", _("See webhook endpoints and deliveries"), Role.SECURITY_ADMIN)
_grant("partners:webhook_change", _("Keep webhook endpoints, send again"), Role.SECURITY_ADMIN)

# reference: places and days
_grant("reference:place_view", _("See areas and divisions"), *OFFICIALS, *COMPANY, Role.AUDITOR)
_grant(
    "reference:area_propose",
    _("Propose changes of areas"),
    Role.DESK_CLERK,
    Role.DESK_CONFIRMER,
)
_grant("reference:area_change", _("Confirm changes of areas and divisions"), Role.DESK_CONFIRMER)
_grant(
    "reference:calendar_view",
    _("See the calendar"),
    *OFFICIALS,
    *COMPANY,
    Role.AUDITOR,
    Role.SYSTEM_ADMIN,
)
_grant("reference:calendar_correct", _("Correct the calendar"), Role.DESK_CONFIRMER)

# documents: official papers
_grant("documents:paper_view", _("See official papers"), *DESK, *PLACES, *COMPANY, Role.AUDITOR)
_grant(
    "documents:paper_issue",
    _("Issue official papers"),
    Role.DESK_CLERK,
    Role.DESK_SIGNER,
    Role.DISTRICT_CLERK,
    Role.SUBDISTRICT_CLERK,
)
_grant(
    "documents:paper_withdraw",
    _("Withdraw official papers"),
    Role.DESK_SIGNER,
    Role.DISTRICT_CLERK,
)

# audit, jobs, notices, files: the engine room
_grant("audit:event_view", _("Search the audit"), Role.AUDITOR, Role.AUDIT_ADMIN)
_grant("audit:seal_view", _("See seals and anchors"), Role.AUDITOR, Role.AUDIT_ADMIN)
_grant("audit:anchor_write", _("Anchor the audit outside the database"), Role.AUDIT_ADMIN)
_grant("jobs:job_view", _("See background work"), Role.SYSTEM_ADMIN)
_grant("jobs:job_change", _("Retry and cancel background work"), Role.SYSTEM_ADMIN)
_grant("notices:outgoing_view", _("See outgoing messages, masked"), Role.SYSTEM_ADMIN)
_grant("notices:outgoing_retry", _("Send a failed message again"), Role.SYSTEM_ADMIN)
