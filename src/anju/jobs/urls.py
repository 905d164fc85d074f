from django.urls import path

from . import views

app_name = "jobs"

urlpatterns = [
    path("jobs/", views.overview, name="overview"),
    path("jobs/list/", views.job_list, name="job_list"),
    path("jobs/<int:pk>", views.job_detail, name="job_detail"),
    path("jobs/<int:pk>/retry", views.job_retry, name="job_retry"),
    path("jobs/<int:pk>/cancel", views.job_cancel, name="job_cancel"),
]
