from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "anju.contracts"
    label = "contracts"

    def ready(self) -> None:
        from . import policies, purposes  # noqa: F401 - declares what files are for

        gate = policies.COMPANY_CONTRACTABLE
        gate.register(policies.is_open, by="contracts.is_open")
        gate.register(policies.has_filing, by="contracts.has_filing")
