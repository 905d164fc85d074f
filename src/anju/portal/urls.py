from django.urls import path

from . import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("find/", views.find, name="find"),
    path("public/communities/", views.community_list, name="community_list"),
    path("public/communities/<int:pk>/", views.community, name="community"),
    path("public/companies/", views.company_list, name="company_list"),
    path("public/companies/<int:pk>/", views.company, name="company"),
    path("public/managers/", views.manager_list, name="manager_list"),
    path("public/managers/<int:pk>/", views.manager, name="manager"),
    path("my/", views.my_home, name="my_home"),
    path("open-data/", views.open_data, name="open_data"),
    path("open-data/<slug:name>.schema.json", views.open_data_schema, name="open_data_schema"),
    path("open-data/<slug:name>.<slug:form>", views.open_data_file, name="open_data_file"),
    path("site-map/", views.site_map, name="site_map"),
    path("about/", views.about, name="about"),
]
