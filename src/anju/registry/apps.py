from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "anju.registry"
    label = "registry"

    def ready(self) -> None:
        from anju.core.ports import DATA_OWNERS, PHONE_FOLLOWER, RESIDENCES
        from anju.documents.extracts import ExtractProvider, register
        from anju.flow import kinds

        from . import extracts, purposes  # noqa: F401 - declares what files are for
        from .queries.own import data_owners, residences
        from .services.phones import bindings_follow
        from .services.shows import DELIMITATION

        DATA_OWNERS.plug(data_owners, by=self.label)
        PHONE_FOLLOWER.plug(bindings_follow, by=self.label)
        RESIDENCES.plug(residences, by=self.label)
        kinds.register(DELIMITATION)

        register(
            ExtractProvider(
                name="community", label=_("Community"), extract=extracts.community_extract
            )
        )
        register(
            ExtractProvider(name="company", label=_("Company"), extract=extracts.company_extract)
        )
        register(
            ExtractProvider(name="unit", label=_("Home or unit"), extract=extracts.unit_extract)
        )
