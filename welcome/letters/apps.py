from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    name = "welcome.letters"
    verbose_name = _("Welcome letters")

    def ready(self) -> None:
        from portal import registry
        from welcome.letters import day_page, reach, services, timeline

        registry.register_timeline("letters", timeline.entries, models=timeline.SHOWN)
        registry.register_day_page("letters", day_page.queues)
        registry.register_segment(day_page.TOLD)
        registry.register_reach("letter", _("letter"), reach.got_letter)
        registry.register_protection("letters", services.forget_address)
