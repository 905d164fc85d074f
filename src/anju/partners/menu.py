from django.utils.translation import gettext_lazy as _

from anju.ui.menus import Entry, Group

from . import policies, queries

ENTRIES = [
    Entry(
        _("Partners' reports"),
        "partners:report_list",
        permission=policies.VIEW,
        group=Group.REGISTER,
        order=27,
        count=queries.reports_waiting,
    ),
    Entry(
        _("Webhook endpoints"),
        "partners:endpoint_list",
        permission=policies.WEBHOOK_VIEW,
        group=Group.RUNNING,
        order=52,
    ),
    Entry(
        _("Webhook deliveries"),
        "partners:delivery_list",
        permission=policies.WEBHOOK_VIEW,
        group=Group.RUNNING,
        order=54,
    ),
]
