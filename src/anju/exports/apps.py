from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "anju.exports"
    label = "exports"

    def ready(self) -> None:
        from anju.core.ports import LIST_EXPORTER

        from .asking import list_export_ask

        LIST_EXPORTER.plug(list_export_ask, by=self.label)
