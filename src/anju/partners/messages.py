"""Messages sent by partners."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "partners.endpoint_disabled": (
        _("A webhook endpoint was switched off"),
        _("Nothing reaches “%(endpoint)s” of %(organisation)s any more; it was switched off."),
        "link",
    ),
}
