from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "anju.config"
    label = "config"
