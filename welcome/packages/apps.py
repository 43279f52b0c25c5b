from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PackagesConfig(AppConfig):
    name = "welcome.packages"
    verbose_name = _("Welcome packages")

    def ready(self) -> None:
        from portal import registry
        from welcome.packages import access, day_page, reach, services, timeline

        registry.register_actions("packages", access.actions)
        registry.register_timeline("packages", timeline.entries, models=timeline.SHOWN)
        registry.register_my_page("packages", timeline.my_page)
        registry.register_day_page("packages", day_page.queues)
        registry.register_reach("package", _("package"), reach.got_package)
        registry.register_protection("packages", services.forget_address)
        registry.register_state_follower("packages", services.follow_state)
