from django.urls import path

from . import views

app_name = "partners"

urlpatterns = [
    path("partners/reports/", views.report_list, name="report_list"),
    path("partners/reports/<int:pk>/", views.report, name="report"),
    path("partners/reports/<int:pk>/accept/", views.report_accept, name="report_accept"),
    path("partners/reports/<int:pk>/correct/", views.report_correct, name="report_correct"),
    path("partners/reports/<int:pk>/refuse/", views.report_refuse, name="report_refuse"),
    path("partners/endpoints/", views.endpoint_list, name="endpoint_list"),
    path("partners/endpoints/new/", views.endpoint_new, name="endpoint_new"),
    path("partners/endpoints/<int:pk>/", views.endpoint, name="endpoint"),
    path("partners/endpoints/<int:pk>/change/", views.endpoint_change, name="endpoint_change"),
    path("partners/endpoints/<int:pk>/rotate/", views.endpoint_rotate, name="endpoint_rotate"),
    path("partners/endpoints/<int:pk>/off/", views.endpoint_disable, name="endpoint_disable"),
    path("partners/endpoints/<int:pk>/on/", views.endpoint_enable, name="endpoint_enable"),
    path("partners/deliveries/", views.delivery_list, name="delivery_list"),
    path("partners/deliveries/<int:pk>/", views.delivery, name="delivery"),
    path("partners/deliveries/<int:pk>/resend", views.delivery_resend, name="delivery_resend"),
]
