from django.urls import path

from . import views

app_name = "city"
urlpatterns = [
    path("maps/backdrop.json", views.backdrop, name="backdrop"),
    path("demo/", views.sign_ins, name="sign_ins"),
]
