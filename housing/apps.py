from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HousingConfig(AppConfig):
    name = "housing"
    verbose_name = _("Homes")

    def ready(self) -> None:
        from housing import addresses, day_page, my_page, search, ways
        from housing.models import Listing
        from portal import page_cache, registry

        page_cache.watch(Listing)
        registry.register_navigation(registry.NavItem(20, _("Homes"), "housing:list"))
        registry.register_day_page("homes", day_page.queues)
        search.register()
        registry.register_ways("homes", ways.ways)
        registry.register_my_page("homes", my_page.my_page)
        registry.register_addresses("homes", addresses.addresses)
