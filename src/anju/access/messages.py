"""Messages sent by access."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "access.phone_code": (
        _("Your code"),
        _("%(code)s is your code, good for five minutes. Tell it to nobody, our staff included."),
    ),
    "access.invitation": (
        _("Your account"),
        _("An account was opened for you, sign-in name %(username)s. Set your password: %(link)s"),
    ),
    "access.elevation_told": (
        _("An operator may look at your rows"),
        _("From %(from)s to %(to)s an operator may look at %(rows)s. Reason: %(reason)s"),
    ),
    "access.elevation_owner_told": (
        _("An operator may look at your data"),
        _(
            "From %(from)s to %(to)s an operator of the platform may look at your data (%(rows)s)."
            " Reason: %(reason)s What was opened stands in “Who has read my data”."
        ),
        "link",
    ),
    "access.elevation_asked": (
        _("An elevation waits for your decision"),
        _("An operator asks to look at %(rows)s. Reason: %(reason)s"),
    ),
    "access.factor_changed": (
        _("Your second factor was changed"),
        _("A second factor of your account was added or removed on %(at)s. Not you? Call us."),
    ),
    "access.password_changed": (
        _("Your password was changed"),
        _("Your password was changed on %(at)s and every sign-in was ended. Not you? Call us."),
    ),
}

# Sent by text message in the quiet hours too.
URGENT = frozenset({"access.phone_code"})
