from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HousingConfig(AppConfig):
    name = "housing"
    verbose_name = _("Homes")

    def ready(self) -> None:
        from housing import day_page
        from portal import registry

        registry.register_navigation(registry.NavItem(20, _("Homes"), "housing:list"))
        registry.register_day_page("homes", day_page.queues)
