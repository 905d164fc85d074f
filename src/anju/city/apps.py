from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "anju.city"
    label = "city"
