from django.urls import path

from . import views

app_name = "notices"

urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/read", views.inbox_read, name="inbox_read"),
    path("outgoing/", views.outgoing, name="outgoing"),
    path("outgoing/<int:pk>/retry", views.message_retry, name="message_retry"),
]
