from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnquiriesConfig(AppConfig):
    name = "portal.enquiries"
    verbose_name = _("Questions from people")

    def ready(self) -> None:
        from portal import registry
        from portal.enquiries import day_page, figures, my_page, promises

        registry.register_task_kind(promises.ANSWERS)
        registry.register_task_kind(promises.LOOKS)
        registry.register_my_page("enquiries", my_page.sections)
        registry.register_day_page("enquiries", day_page.queues)
        registry.register_figures("enquiries", day_page.figures)
        registry.register_site_figures("enquiries", figures.site_figures)
        registry.register_addresses("ask", lambda municipality, on: [registry.PublicAddress("enquiries:ask")])
