from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "anju.portal"
    label = "portal"
