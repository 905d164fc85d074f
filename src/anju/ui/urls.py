"""Switches of the reader, and the gallery."""

from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("language", views.language, name="language"),
    path("text", views.text, name="text"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/<slug:name>/", views.catalogue, name="catalogue"),
]
