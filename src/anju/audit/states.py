from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Result(TextChoices):
    DONE = "done", _("Carried out")
    REFUSED = "refused", _("Turned away")


APPEARANCE = {Result.DONE: ("s-done", "good"), Result.REFUSED: ("s-fail", "bad")}
