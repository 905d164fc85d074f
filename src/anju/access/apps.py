from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "anju.access"
    label = "access"
