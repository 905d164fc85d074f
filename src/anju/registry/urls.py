"""Pages of the register."""

from django.urls import path

from anju.access.permissions import perm
from anju.ui.lists import list_view

from . import tables
from .views import (
    acts_mending,
    acts_parties,
    acts_places,
    acts_shows,
    acts_units,
    buildings,
    counter,
    desk,
    find,
    imports,
    maps,
    parties,
    places,
    units,
    work,
)

app_name = "registry"

R = "registry/"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("search/", find.find, name="find"),
    path("search/suggest", find.suggest, name="suggest"),
    # communities
    path(
        f"{R}communities/",
        list_view(tables.CommunityList, permission=perm("registry:community_view")),
        name="communities",
    ),
    path(f"{R}communities/map/", maps.community_map, name="community_map"),
    path(f"{R}communities/points.json", maps.community_points, name="community_points"),
    path(f"{R}communities/new/", acts_places.community_new, name="community_new"),
    path(f"{R}communities/<int:pk>/", places.community, name="community"),
    path(f"{R}communities/<int:pk>/change/", acts_places.community_change, name="community_change"),
    path(f"{R}communities/<int:pk>/rename/", acts_places.community_rename, name="community_rename"),
    path(f"{R}communities/<int:pk>/recode/", acts_places.community_recode, name="community_recode"),
    path(f"{R}communities/<int:pk>/move/", acts_places.community_move, name="community_move"),
    path(f"{R}communities/<int:pk>/close/", acts_places.community_close, name="community_close"),
    path(
        f"{R}communities/<int:pk>/reopen/", acts_mending.community_reopen, name="community_reopen"
    ),
    path(f"{R}communities/<int:pk>/buildings/new/", acts_places.building_add, name="building_add"),
    # buildings
    path(
        f"{R}buildings/",
        list_view(tables.BuildingList, permission=perm("registry:community_view")),
        name="buildings",
    ),
    path(f"{R}buildings/<int:pk>/", buildings.building, name="building"),
    path(f"{R}buildings/<int:pk>/change/", acts_places.building_change, name="building_change"),
    path(f"{R}buildings/<int:pk>/move/", acts_places.building_move, name="building_move"),
    path(
        f"{R}buildings/<int:pk>/number/", acts_mending.building_renumber, name="building_renumber"
    ),
    path(
        f"{R}buildings/<int:pk>/strike-off/",
        acts_mending.building_demolish,
        name="building_demolish",
    ),
    path(
        f"{R}stairwells/<int:pk>/number/",
        acts_mending.stairwell_renumber,
        name="stairwell_renumber",
    ),
    path(
        f"{R}stairwells/<int:pk>/strike-off/",
        acts_mending.stairwell_remove,
        name="stairwell_remove",
    ),
    path(f"{R}buildings/<int:pk>/stairwells/new/", acts_places.stairwell_add, name="stairwell_add"),
    path(f"{R}buildings/<int:pk>/units/new/", acts_units.unit_add, name="unit_add"),
    path(f"{R}buildings/<int:pk>/merge/", acts_units.unit_merge, name="unit_merge"),
    # management areas and projects
    path(
        f"{R}areas/",
        list_view(tables.ManagementAreaList, permission=perm("registry:area_view")),
        name="areas",
    ),
    path(f"{R}areas/new/", acts_places.area_new, name="area_new"),
    path(f"{R}areas/<int:pk>/", places.management_area, name="area"),
    path(f"{R}areas/<int:pk>/rename/", acts_places.area_rename, name="area_rename"),
    path(f"{R}areas/<int:pk>/assign/", acts_places.area_assign, name="area_assign"),
    path(f"{R}areas/<int:pk>/release/", acts_places.area_release, name="area_release"),
    path(f"{R}areas/<int:pk>/show/", acts_shows.area_show, name="area_show"),
    path(f"{R}areas/<int:pk>/close/", acts_places.area_close, name="area_close"),
    path(f"{R}areas/<int:pk>/reopen/", acts_mending.area_reopen, name="area_reopen"),
    path(f"{R}areas/<int:pk>/recode/", acts_mending.area_recode, name="area_recode"),
    path(f"{R}areas/<int:pk>/projects/new/", acts_places.project_start, name="project_start"),
    path(
        f"{R}projects/",
        list_view(tables.ProjectList, permission=perm("registry:project_view")),
        name="projects",
    ),
    path(f"{R}projects/<int:pk>/", places.project, name="project"),
    path(f"{R}projects/<int:pk>/end/", acts_places.project_end, name="project_end"),
    path(f"{R}projects/<int:pk>/recode/", acts_mending.project_recode, name="project_recode"),
    path(f"{R}projects/<int:pk>/first-day/", acts_mending.project_redate, name="project_redate"),
    path(f"{R}projects/<int:pk>/fee/", acts_places.project_fee, name="project_fee"),
    path(f"{R}projects/<int:pk>/manager/", acts_places.project_manager, name="project_manager"),
    # homes and units
    path(
        f"{R}units/",
        list_view(tables.UnitList, permission=perm("registry:unit_view")),
        name="units",
    ),
    path(f"{R}units/<int:pk>/", units.unit, name="unit"),
    path(f"{R}units/<int:pk>/change/", acts_units.unit_change, name="unit_change"),
    path(f"{R}units/<int:pk>/areas/", acts_units.unit_measure, name="unit_measure"),
    path(f"{R}units/<int:pk>/split/", acts_units.unit_split, name="unit_split"),
    path(f"{R}units/<int:pk>/strike-off/", acts_units.unit_demolish, name="unit_demolish"),
    path(f"{R}units/<int:pk>/owners/first/", acts_units.ownership_record, name="ownership_record"),
    path(f"{R}units/<int:pk>/owners/", acts_units.ownership_transfer, name="ownership_transfer"),
    path(f"{R}units/<int:pk>/bind/", counter.bind_counter, name="unit_bind"),
    # accounts bound to homes, phones of several people, complaints about reads
    path(
        f"{R}bindings/",
        list_view(tables.BindingList, permission=perm("registry:binding_view")),
        name="bindings",
    ),
    path(f"{R}bindings/<int:pk>/", counter.binding, name="binding"),
    path(f"{R}bindings/<int:pk>/end/", counter.binding_end, name="binding_end"),
    path(f"{R}phones/", counter.phone_list, name="shared_phones"),
    path(f"{R}people/<int:pk>/phone/", counter.phone_separate, name="phone_separate"),
    path(
        f"{R}complaints/",
        list_view(tables.ComplaintList, permission=perm("audit:complaint_view")),
        name="complaints",
    ),
    path(f"{R}complaints/<int:pk>/", counter.complaint, name="complaint"),
    path(f"{R}complaints/<int:pk>/answer/", counter.complaint_answer, name="complaint_answer"),
    # people
    path(
        f"{R}people/",
        list_view(tables.PersonList, permission=perm("registry:person_view")),
        name="people",
    ),
    path(f"{R}people/new/", acts_parties.person_new, name="person_new"),
    path(f"{R}people/<int:pk>/", parties.person, name="person"),
    path(f"{R}people/<int:pk>/change/", acts_parties.person_change, name="person_change"),
    path(f"{R}people/<int:pk>/reveal/", parties.person_reveal, name="person_reveal"),
    path(f"{R}people/<int:pk>/identity/", acts_mending.person_identity, name="person_identity"),
    path(f"{R}people/<int:pk>/erase/", acts_mending.person_erase, name="person_erase"),
    path(f"{R}people/<int:pk>/manager/", acts_parties.manager_register, name="manager_register"),
    # companies
    path(
        f"{R}companies/",
        list_view(tables.CompanyList, permission=perm("registry:company_view")),
        name="companies",
    ),
    path(
        f"{R}developers/",
        list_view(tables.DeveloperList, permission=perm("registry:company_view")),
        name="developers",
    ),
    path(f"{R}companies/new/", acts_parties.company_new, name="company_new"),
    path(f"{R}companies/<int:pk>/", parties.company, name="company"),
    path(f"{R}companies/<int:pk>/change/", acts_parties.company_change, name="company_change"),
    path(f"{R}companies/<int:pk>/rename/", acts_parties.company_rename, name="company_rename"),
    path(f"{R}companies/<int:pk>/recode/", acts_parties.company_recode, name="company_recode"),
    path(f"{R}companies/<int:pk>/close/", acts_parties.company_close, name="company_close"),
    path(f"{R}companies/<int:pk>/reopen/", acts_mending.company_reopen, name="company_reopen"),
    path(f"{R}companies/<int:pk>/branches/new/", acts_parties.branch_add, name="branch_add"),
    path(f"{R}companies/<int:pk>/staff/new/", acts_parties.staff_add, name="staff_add"),
    path(f"{R}staff/<int:pk>/end/", acts_parties.staff_end, name="staff_end"),
    # project managers
    path(
        f"{R}managers/",
        list_view(tables.ManagerList, permission=perm("registry:manager_view")),
        name="managers",
    ),
    path(f"{R}managers/new/", acts_mending.manager_enter, name="manager_enter"),
    path(f"{R}managers/<int:pk>/certificate/", acts_mending.manager_change, name="manager_change"),
    path(
        f"{R}managers/<int:pk>/left-the-trade/", acts_mending.manager_retire, name="manager_retire"
    ),
    path(f"{R}managers/<int:pk>/", parties.manager, name="manager"),
    path(f"{R}managers/<int:pk>/company/", acts_parties.manager_employ, name="manager_employ"),
    path(f"{R}managers/<int:pk>/leave/", acts_parties.manager_leave, name="manager_leave"),
    path(f"{R}managers/<int:pk>/telephone/", acts_parties.manager_phone, name="manager_phone"),
    # changes for review, imports
    path(
        f"{R}changes/",
        list_view(tables.ChangeList, permission=perm("registry:change_view")),
        name="changes",
    ),
    path(f"{R}changes/<int:pk>/", work.change, name="change"),
    path(
        f"{R}imports/",
        list_view(tables.ImportList, permission=perm("registry:unit_import")),
        name="imports",
    ),
    path(f"{R}imports/new/", imports.import_new, name="import_new"),
    path(f"{R}imports/template.xlsx", imports.import_template, name="import_new_template"),
    path(f"{R}imports/communities/", imports.import_communities, name="import_communities"),
    path(
        f"{R}imports/communities/template.xlsx",
        imports.import_communities_template,
        name="import_communities_template",
    ),
    path(f"{R}imports/owners/", imports.import_owners, name="import_owners"),
    path(
        f"{R}imports/owners/template.xlsx",
        imports.import_owners_template,
        name="import_owners_template",
    ),
    path(f"{R}imports/companies/", imports.import_companies, name="import_companies"),
    path(
        f"{R}imports/companies/template.xlsx",
        imports.import_companies_template,
        name="import_companies_template",
    ),
    path(f"{R}imports/areas/", imports.import_areas, name="import_areas"),
    path(
        f"{R}imports/areas/template.xlsx",
        imports.import_areas_template,
        name="import_areas_template",
    ),
    path(f"{R}imports/<int:pk>/", imports.import_batch, name="import"),
    path(f"{R}imports/<int:pk>/problems.txt", imports.import_problems, name="import_problems"),
]
