"""The frame of the gallery's pages: the product's shells with an invented clerk in them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext, pgettext_lazy

from anju.core.actors import Actor, ActorKind, Reach

from .context import Shell
from .menus import GROUPS, Group, Line

RAIL: tuple[tuple[Group, tuple[tuple[str | Promise, str, int | None], ...]], ...] = (
    (
        Group.TODAY,
        (
            (pgettext_lazy("gallery", "Desk"), "desk", 22),
            (pgettext_lazy("gallery", "Calendar"), "", 3),
            (pgettext_lazy("gallery", "Messages"), "", 5),
        ),
    ),
    (
        Group.REGISTER,
        (
            (pgettext_lazy("gallery", "Communities"), "list", None),
            (pgettext_lazy("gallery", "Property companies"), "empty", None),
            (pgettext_lazy("gallery", "Project managers"), "", None),
        ),
    ),
    (
        Group.SUPERVISION,
        (
            (pgettext_lazy("gallery", "Inspections"), "", 5),
            (pgettext_lazy("gallery", "Complaints"), "detail", 9),
            (pgettext_lazy("gallery", "Credit"), "", 2),
        ),
    ),
    (
        Group.ANALYSIS,
        (
            (pgettext_lazy("gallery", "City cockpit"), "cockpit", None),
            (pgettext_lazy("gallery", "Reports"), "", None),
        ),
    ),
)


class ExampleShell(Shell):
    """The frame with an invented clerk in it."""

    name = ""
    actor = Actor(kind=ActorKind.USER, role="district_clerk", reach=Reach.DISTRICT, user_id=0)

    def line(self, label: str | Promise, page: str, count: int | None) -> Line:
        url = f"/gallery/{page}/" if page else "/gallery/"
        return Line(str(label), url, "", count, here=bool(page) and page == self.name)

    rail = property(
        lambda self: [
            (str(GROUPS[group]), [self.line(*entry) for entry in part]) for group, part in RAIL
        ]
    )
    eave = property(lambda self: [self.line(pgettext_lazy("gallery", "To-dos"), "desk", 22)])
    search = property(
        lambda self: self.line(
            pgettext_lazy("gallery", "Community, company, person, number"), "list", None
        )
    )
    find = property(
        lambda self: self.line(
            pgettext_lazy("gallery", "Community, company or manager"), "list", None
        )
    )
    switch = property(
        lambda self: self.line(pgettext_lazy("gallery", "Change the post"), "desk", None)
    )
    place = property(lambda self: pgettext("gallery", "Jiangwan"))
    account = property(
        lambda self: [
            self.line(pgettext_lazy("gallery", "My sign-ins"), "", None),
            self.line(pgettext_lazy("gallery", "My posts"), "", None),
        ]
    )
    portal = property(
        lambda self: [
            self.line(pgettext_lazy("gallery", "Home"), "home", None),
            self.line(pgettext_lazy("gallery", "Communities"), "list", None),
            self.line(pgettext_lazy("gallery", "Companies and credit"), "", None),
            self.line(pgettext_lazy("gallery", "On show"), "article", None),
        ]
    )
    util = property(lambda self: [self.line(pgettext_lazy("gallery", "Sign in"), "sign-in", None)])
    foot = property(
        lambda self: [
            self.line(pgettext_lazy("gallery", "Site map"), "", None),
            self.line(pgettext_lazy("gallery", "Open data"), "", None),
        ]
    )
