from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    name = "portal.statistics"
    verbose_name = _("Facts about the place")

    def ready(self) -> None:
        from portal import page_cache, registry
        from portal.statistics.models import PlaceFigure

        page_cache.watch(PlaceFigure)
        registry.register_addresses("facts", lambda municipality, on: [registry.PublicAddress("statistics:place")])
