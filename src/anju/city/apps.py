from django.apps import AppConfig
from django.conf import settings


class CityConfig(AppConfig):
    name = "anju.city"
    label = "city"

    def ready(self) -> None:
        if settings.DEMO:
            from anju.flow import kinds

            from .demo.desk import NOTICE

            kinds.register(NOTICE)
