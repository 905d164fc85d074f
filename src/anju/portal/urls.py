from django.urls import path

from .views import binding, mine
from .views import public as views

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
    path("my/", mine.my_home, name="my_home"),
    path("my/bind/", binding.bind_find, name="bind_find"),
    path("my/bind/<int:unit>/", binding.bind_home, name="bind_home"),
    path("my/bind/<int:unit>/code/", binding.bind_code, name="bind_code"),
    path("my/bindings/<int:binding>/end/", binding.binding_end, name="binding_end"),
    path("my/bindings/<int:pk>/invite/", binding.tenant_invite, name="tenant_invite"),
    path("my/invitations/<int:invitation>/", binding.invitation_accept, name="invitation_accept"),
    path(
        "my/invitations/<int:pk>/withdraw/", binding.invitation_withdraw, name="invitation_withdraw"
    ),
    path("my/readings/", mine.readings, name="readings"),
    path("my/readings.csv", mine.readings_file, name="readings_file"),
    path("my/readings/<int:event>/complain/", mine.complain, name="complain"),
    path("open-data/", views.open_data, name="open_data"),
    path("open-data/<slug:name>.schema.json", views.open_data_schema, name="open_data_schema"),
    path("open-data/<slug:name>.<slug:form>", views.open_data_file, name="open_data_file"),
    path("site-map/", views.site_map, name="site_map"),
    path("about/", views.about, name="about"),
]
