from django.urls import path

from . import views

app_name = "files"

urlpatterns = [
    path("files/<int:pk>", views.file_open, name="file_open"),
    path("files/<int:pk>/take-back", views.file_take_back, name="file_take_back"),
    path("files/to/<int:pk>/<str:purpose>", views.attach, name="attach"),
]
