from django.urls import path

from . import views

app_name = "flow"
urlpatterns = [
    path("todo/", views.task_list, name="task_list"),
    path("publicity/", views.publicity_list, name="publicity_list"),
    path("publicity/<int:pk>/", views.publicity_detail, name="publicity_detail"),
    path("publicity/<int:pk>/withdraw/", views.publicity_withdraw, name="publicity_withdraw"),
    path("objections/<int:pk>/answer/", views.objection_answer, name="objection_answer"),
]
