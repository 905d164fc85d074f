from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "audit.anchor": (
        _("Audit anchor of %(day)s"),
        _("Keep this message. On %(day)s the audit ended with block %(block)s, hash %(hash)s."),
    ),
}
