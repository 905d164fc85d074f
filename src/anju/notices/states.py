from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    SMS = "sms", _("Text message")
    MAIL = "mail", _("E-mail")
    INAPP = "inapp", _("In the platform")


class MessageState(TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class ReceiptWay(TextChoices):
    CALL = "call", _("Called by the gateway")
    POLL = "poll", _("Asked by us")


APPEARANCE = {
    MessageState.WAITING: ("s-wait", ""),
    MessageState.SENT: ("s-doing", "tile"),
    MessageState.DELIVERED: ("s-done", "good"),
    MessageState.FAILED: ("s-fail", "bad"),
}
