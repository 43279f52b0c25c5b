from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "portal.pages"
    verbose_name = _("Public pages")

    def ready(self) -> None:
        from portal import registry
        from portal.pages import day_page

        registry.register_day_page("facts", day_page.queues)
