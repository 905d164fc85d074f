from django.urls import path

from . import views

app_name = "exports"

urlpatterns = [
    path("exports/", views.mine, name="mine"),
    path("exports/<int:pk>", views.export_fetch, name="export_fetch"),
    path("exports/<int:pk>/cancel", views.export_cancel, name="export_cancel"),
    path("exports/<int:pk>/repeat", views.export_repeat, name="export_repeat"),
]
