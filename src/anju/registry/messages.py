"""Messages of the register to owners and tenants."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "registry.binding_code": (
        _("Your code"),
        _(
            "%(code)s is the code that binds your home to an account, good for five minutes."
            " You did not ask for it? Tell it to nobody, and call us."
        ),
    ),
    "registry.home_bound": (
        _("A home was bound to your account"),
        _("%(home)s was bound to your account on %(day)s. Not you? Call us."),
    ),
    "registry.home_unbound": (
        _("The binding of a home has ended"),
        _("The binding of %(home)s to your account ended on %(day)s. Reason: %(reason)s"),
    ),
    "registry.owner_told_bound": (
        _("An account was bound to your home"),
        _("An account was bound to your home %(home)s on %(day)s (%(kind)s). Not right? Call us."),
    ),
    "registry.tenant_invited": (
        _("You are invited as a tenant"),
        _(
            "The owner of %(home)s invites you as its tenant until %(day)s. Sign in with this"
            " phone and open “My home”."
        ),
    ),
    "registry.tenant_withdrawn": (
        _("An invitation was withdrawn"),
        _("The invitation as a tenant of %(home)s was withdrawn."),
    ),
    "registry.phone_kept": (
        _("Your phone was separated from another person's file"),
        _("This phone stood in two people's files. Since %(day)s it stands in yours alone."),
    ),
    "registry.phone_taken": (
        _("A phone was taken out of your file"),
        _(
            "A phone stood in two people's files. Since %(day)s it stands in the other person's"
            " file. Come to the counter with your identity card to give your own."
        ),
    ),
    "registry.complaint_answered": (
        _("Your complaint was answered"),
        _("Your complaint about a read of your data was answered: %(verdict)s. %(answer)s"),
        "link",
    ),
}

# Sent by text message in the quiet hours too.
URGENT = frozenset({"registry.binding_code"})
