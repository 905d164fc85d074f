from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "anju.contracts"
    label = "contracts"

    def ready(self) -> None:
        from anju.reference import deadlines
        from anju.registry import figures
        from anju.registry.policies import COMPANY_CONTRACTABLE

        from . import policies, purposes, queries, services  # noqa: F401 - purposes declares what files are for

        COMPANY_CONTRACTABLE.register(policies.is_open, by="contracts.is_open")
        COMPANY_CONTRACTABLE.register(policies.has_filing, by="contracts.has_filing")
        figures.register("contracts.contracts", queries.desk_figures)
        deadlines.register(services.FILING_DEADLINES)
