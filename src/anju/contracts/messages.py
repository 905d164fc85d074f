"""Messages of contracts and filings."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "contracts.contract_ending": (
        _("Contract %(number)s ends on %(day)s"),
        _("The contract %(number)s for %(place)s ends on %(day)s, in %(days)s days."),
    ),
    "contracts.contract_over": (
        _("Contract %(number)s has ended"),
        _("The contract %(number)s for %(place)s was in force until %(day)s."),
    ),
    "contracts.contract_notice": (
        _("Contract %(number)s ends early, on %(day)s"),
        _("The contract %(number)s for %(place)s ends on %(day)s. Reason: %(reason)s"),
    ),
    "contracts.contract_filed": (
        _("Contract %(number)s is filed"),
        _("The contract %(number)s for %(place)s is filed under %(filing)s and public now."),
    ),
    "contracts.contract_returned": (
        _("Contract %(number)s was returned"),
        _("Change the contract %(number)s and submit it again. Reason: %(reason)s"),
    ),
    "contracts.filing_ending": (
        _("The out-of-town filing of %(company)s ends on %(day)s"),
        _("Filing %(number)s of %(company)s ends on %(day)s, in %(days)s days. Renew it in time."),
    ),
    "contracts.filing_over": (
        _("The out-of-town filing of %(company)s has ended"),
        _("Filing %(number)s of %(company)s was in force until %(day)s."),
    ),
    "contracts.filing_filed": (
        _("The out-of-town filing of %(company)s is on file"),
        _("It is filed under %(number)s and in force from %(first)s to %(day)s."),
    ),
    "contracts.filing_returned": (
        _("The out-of-town filing of %(company)s was returned"),
        _("Mend it and submit it again. Reason: %(reason)s"),
    ),
}
