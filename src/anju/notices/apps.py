from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "anju.notices"
    label = "notices"

    def ready(self) -> None:
        from anju.core.ports import MESSENGER

        from .outbox import message_put

        MESSENGER.plug(message_put, by=self.label)
