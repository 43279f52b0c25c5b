from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from portal import registry

        registry.register_navigation(registry.NavItem(10, _("Jobs"), "jobs:list"))
