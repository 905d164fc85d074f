from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "anju.documents"
    label = "documents"

    def ready(self) -> None:
        from .extracts import register
        from .providers import AREA

        register(AREA)
