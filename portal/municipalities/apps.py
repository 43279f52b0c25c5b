from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MunicipalitiesConfig(AppConfig):
    name = "portal.municipalities"
    verbose_name = _("Municipalities")

    def ready(self) -> None:
        from portal import page_cache, registry
        from portal.municipalities import access, day_page
        from portal.municipalities.models import Municipality

        page_cache.watch(Municipality, Municipality.translations.field.model)

        registry.register_landing(10, access.landing)
        registry.register_day_page("first steps", day_page.first_steps)
        registry.register_day_page("promises", day_page.queues)
