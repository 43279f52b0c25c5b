from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from portal import personal_data, registry
        from privacy import erased, my_page, timeline

        registry.register_my_page("privacy", my_page.sections)
        personal_data.register_was_erased(erased.erased_among)
        registry.register_timeline("privacy", timeline.entries, models=timeline.SHOWN)
        autodiscover_modules("personal_data")
