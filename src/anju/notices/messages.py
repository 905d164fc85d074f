"""Messages of this app, and of apps below it that have no ``messages.py`` of their own."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "notices.stuck": (
        _("Messages do not go out"),
        _("%(count)s messages wait, failed or have no receipt; the oldest is from %(oldest)s."),
        "link",
    ),
    "reference.deadline_moved": (
        _("A deadline moved: %(label)s"),
        _("The calendar was corrected: %(label)s was due on %(before)s, now on %(after)s."),
        "url",
    ),
}
