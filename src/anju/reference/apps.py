from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "anju.reference"
    label = "reference"
