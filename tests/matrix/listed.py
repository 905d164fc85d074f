"""What the table of URL × role cannot try, each with its reason; tests hold the lists exact."""

from __future__ import annotations

from anju.access.states import Role

# Addresses that no role opens by its link alone.
NEVER_OPENED = {
    "access:second_factor": "the second step of a sign-in; tests/access begins one",
    "access:factor_first": "after a first sign-in without a factor",
    "access:register": "after a phone code; tests/access sends one",
    "portal:bind_code": "the third step of binding a home; tests/portal goes all of them",
}

_OTHERS = {"bid_expert", "contractor", "association", "api_partner"}
_ADMINISTRATORS = {"system_admin", "security_admin", "audit_admin"}
_RESIDENTS = {"owner", "co_owner", "tenant", "committee_member"}
_COMPANY = {"company_admin", "project_manager"}
_EXPORTING = {"desk_clerk", "district_clerk", "company_admin"}
_EVERYBODY = {role.value for role in Role if role != Role.ANONYMOUS}
_NO_FILE = (_RESIDENTS | _OTHERS | _ADMINISTRATORS, "sees no row that files hang on")
_NO_EXPORT = (_EVERYBODY - _EXPORTING, "one's own exports only, and asked for none")
_NO_PAPER = (_COMPANY | {"subdistrict_clerk", "committee_clerk"}, "no paper was made out there")
_NO_IMPORT = ({"subdistrict_clerk"}, "the office imported nothing")

# Address → roles that may open it and see no row for it, and why.
NO_SAMPLE: dict[str, tuple[set[str], str]] = {
    "access:factor_remove": (_RESIDENTS | _COMPANY | _OTHERS, "signs in without a second factor"),
    "contracts:filing_detail": (
        {"district_clerk", "company_admin"},
        "filings are the bureau's, and this company is of the city",
    ),
    "documents:paper_detail": _NO_PAPER,
    "documents:paper_download": _NO_PAPER,
    "exports:export_cancel": _NO_EXPORT,
    "exports:export_fetch": _NO_EXPORT,
    "exports:export_repeat": _NO_EXPORT,
    "files:attach": (
        _RESIDENTS | _COMPANY | _ADMINISTRATORS | _OTHERS - {"association"},
        "sees no proposed change to put a file to",
    ),
    "files:file_open": _NO_FILE,
    "files:file_take_back": _NO_FILE,
    "flow:objection_answer": ({"subdistrict_clerk"}, "no notice of the place has an objection"),
    "flow:publicity_detail": (
        _RESIDENTS | _COMPANY | _ADMINISTRATORS | {"committee_clerk", "contractor"},
        "opens its own place's notices; those shown now are in the portal's list",
    ),
    "portal:complain": (_RESIDENTS - {"owner"}, "nobody read their data"),
    "portal:invitation_accept": (_RESIDENTS - {"tenant"}, "nobody invited them"),
    "portal:invitation_withdraw": (_RESIDENTS - {"owner"}, "invited nobody"),
    "registry:change": ({"company_admin"}, "the company proposed nothing"),
    "registry:import": _NO_IMPORT,
    "registry:import_problems": _NO_IMPORT,
}

_PLATFORM = "a row of the platform itself: who may open the page sees all of them"
_EVERYWHERE = "divisions are public; whoever may look sees the whole city"
_NO_PLACE = "companies belong to no place; offices that keep them see all"
_CITY_ONLY = "the city's own office alone may open it, and sees the whole city"

# Addresses of which no role has a row outside its reach.
NO_STRANGER: dict[str, str] = {
    "access:account_invite": _PLATFORM,
    "access:account_lock": _PLATFORM,
    "access:account_unlock": _PLATFORM,
    "access:administrator_appoint": _PLATFORM,
    "access:elevation": _PLATFORM,
    "access:elevation_approve": _PLATFORM,
    "access:elevation_end": _PLATFORM,
    "access:elevation_refuse": _PLATFORM,
    "access:key_revoke": _PLATFORM,
    "access:organisation": _PLATFORM,
    "access:organisation_change": _PLATFORM,
    "access:post_end": _PLATFORM,
    "access:post_grant": _PLATFORM,
    "access:user": _PLATFORM,
    "audit:event_detail": _PLATFORM,
    "contracts:filing_decide": _CITY_ONLY,
    "jobs:job_cancel": _PLATFORM,
    "jobs:job_detail": _PLATFORM,
    "jobs:job_retry": _PLATFORM,
    "notices:message_retry": _PLATFORM,
    "partners:delivery": _PLATFORM,
    "partners:delivery_resend": _PLATFORM,
    "partners:endpoint": _PLATFORM,
    "partners:endpoint_change": _PLATFORM,
    "partners:endpoint_disable": _PLATFORM,
    "partners:endpoint_enable": _PLATFORM,
    "partners:endpoint_rotate": _PLATFORM,
    "portal:bind_code": "anybody may ask to be bound to any home; the code is what opens it",
    "portal:bind_home": "anybody may ask to be bound to any home",
    "reference:area_change_propose": _EVERYWHERE,
    "reference:area_detail": _EVERYWHERE,
    "reference:change": _EVERYWHERE,
    "reference:change_undo": _EVERYWHERE,
    "registry:area_reopen": _CITY_ONLY,
    "registry:branch_add": _NO_PLACE,
    "registry:community_reopen": _CITY_ONLY,
    "registry:company_change": _NO_PLACE,
    "registry:company_close": _NO_PLACE,
    "registry:company_reopen": _CITY_ONLY,
    "registry:complaint": _CITY_ONLY,
    "registry:complaint_answer": _CITY_ONLY,
}
