from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class AreaLevel(IntegerChoices):
    CITY = 0, _("City")
    DISTRICT = 1, _("District")
    SUBDISTRICT = 2, _("Sub-district")
    COMMITTEE = 3, _("Neighbourhood committee")


class AreaKind(TextChoices):
    CITY = "city", _("City")
    DISTRICT = "district", _("District")
    COUNTY = "county", _("County")
    COUNTY_CITY = "county_city", _("County-level city")
    ZONE = "zone", _("Functional zone")
    SUBDISTRICT = "subdistrict", _("Sub-district")
    TOWN = "town", _("Town")
    COMMITTEE = "committee", _("Neighbourhood committee")
    VILLAGE = "village", _("Village committee")


class DivisionLevel(IntegerChoices):
    """Levels of the state's tree, by the length of the code."""

    PROVINCE = 1, _("Province")
    CITY = 2, _("City")
    COUNTY = 3, _("County level")
    TOWN = 4, _("Township level")
    VILLAGE = 5, _("Village level")


class DivisionChangeKind(TextChoices):
    RENAMED = "renamed", _("Renamed")
    MERGED = "merged", _("Merged")
    SPLIT = "split", _("Split")
    MOVED = "moved", _("Moved")
    FOUNDED = "founded", _("Founded")
    DISSOLVED = "dissolved", _("Dissolved")
    RECODED = "recoded", _("Code changed")
    RESTORED = "restored", _("Restored")


class DaySource(TextChoices):
    PUBLISHED = "published", _("Published")
    CORRECTED = "corrected", _("Corrected")


class Holiday(TextChoices):
    """Names the calendar knows; an official may write others."""

    NEW_YEAR = "new_year", _("New Year's Day")
    SPRING = "spring", _("Spring Festival")
    QINGMING = "qingming", _("Qingming")
    LABOUR = "labour", _("Labour Day")
    DRAGON_BOAT = "dragon_boat", _("Dragon Boat Festival")
    MID_AUTUMN = "mid_autumn", _("Mid-Autumn Festival")
    NATIONAL = "national", _("National Day")
    VICTORY = "victory", _("Victory Day")


class AreaChangeState(TextChoices):
    PROPOSED = "proposed", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Waits for its day")
    MOVING = "moving", _("Rows are being moved")
    IN_FORCE = "in_force", _("In force")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


APPEARANCE = {
    AreaChangeState.PROPOSED: ("s-wait", "lamp"),
    AreaChangeState.CONFIRMED: ("s-open", "tile"),
    AreaChangeState.MOVING: ("s-doing", "tile"),
    AreaChangeState.IN_FORCE: ("s-done", "good"),
    AreaChangeState.REFUSED: ("s-fail", "bad"),
    AreaChangeState.WITHDRAWN: ("s-void", ""),
}
