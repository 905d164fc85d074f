from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "anju.partners"
    label = "partners"
