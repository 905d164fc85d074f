from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "anju.ui"
    label = "ui"
