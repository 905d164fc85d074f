"""Addresses of official papers."""

from django.urls import path

from . import views

app_name = "documents"
urlpatterns = [
    path("papers/", views.paper_list, name="paper_list"),
    path("papers/<int:pk>/", views.paper_detail, name="paper_detail"),
    path("papers/<int:pk>/withdraw/", views.paper_withdraw, name="paper_withdraw"),
    path("papers/<int:pk>/file.<slug:file_format>", views.paper_download, name="paper_download"),
    path(
        "papers/extract/<slug:provider_name>/<int:key>/", views.extract_issue, name="extract_issue"
    ),
    path("verify/", views.verify_start, name="verify_start"),
    path("verify/<str:code>/", views.verify, name="verify"),
]
