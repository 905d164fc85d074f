from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "anju.audit"
    label = "audit"

    def ready(self) -> None:
        from anju.core.ports import JOURNAL

        from .services import entry_write

        JOURNAL.plug(entry_write, by=self.label)
