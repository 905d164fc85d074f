from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "anju.flow"
    label = "flow"
