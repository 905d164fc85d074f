from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "exports.ready": (
        _("Your export is ready: %(title)s"),
        _("%(rows)s rows wait for you under My exports. The file is removed after some days."),
        "link",
    ),
    "exports.failed": (
        _("Your export came to nothing: %(title)s"),
        _("Under My exports you read why, and have it written again."),
        "link",
    ),
}
