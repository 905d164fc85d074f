from django.urls import path

from . import views

app_name = "contracts"
urlpatterns = [
    path("contracts/", views.contract_list, name="contract_list"),
    path("contracts/new/", views.contract_create, name="contract_create"),
    path("contracts/<int:pk>/", views.contract_detail, name="contract_detail"),
    path("contracts/<int:pk>/change/", views.contract_change, name="contract_change"),
    path("contracts/<int:pk>/submit/", views.contract_submit, name="contract_submit"),
    path("contracts/<int:pk>/file/", views.contract_file, name="contract_file"),
    path("contracts/<int:pk>/return/", views.contract_return, name="contract_return"),
    path("contracts/<int:pk>/withdraw/", views.contract_withdraw, name="contract_withdraw"),
    path("contracts/<int:pk>/end/", views.contract_end, name="contract_end"),
    path("filings/", views.filing_list, name="filing_list"),
    path("filings/new/", views.filing_create, name="filing_create"),
    path("filings/<int:pk>/", views.filing_detail, name="filing_detail"),
    path("filings/<int:pk>/decide/<slug:name>/", views.filing_decide, name="filing_decide"),
]
