from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from jobs import addresses, my_page, search, ways
        from jobs.models import Vacancy
        from portal import page_cache, registry

        page_cache.watch(Vacancy)
        registry.register_navigation(registry.NavItem(10, _("Jobs"), "jobs:list"))
        search.register()
        registry.register_ways("jobs", ways.ways)
        registry.register_my_page("jobs", my_page.my_page)
        registry.register_addresses("jobs", addresses.addresses)
