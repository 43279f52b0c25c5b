from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "portal.outbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from portal import registry
        from portal.outbox import office

        registry.register_timeline("outbox", office.entries, models=[])
        registry.register_day_page("outbox", office.queues)
