from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from portal import page_cache, personal_data, registry
        from privacy import access_log, day_page, erased, erasure, my_page, purposes, record, timeline
        from privacy.access import actions
        from privacy.models import Purpose

        page_cache.watch(Purpose, Purpose.translations.field.model)
        personal_data.register_purposes(record.told)
        registry.register_actions("privacy", actions)
        registry.register_day_page("privacy", day_page.queues)
        registry.register_figures("privacy", day_page.figures)
        registry.register_my_page("privacy", my_page.sections)
        registry.register_switching_on("privacy", lambda municipality, on: purposes.set_up(municipality, on=on))
        registry.register_merging("privacy", erasure.why_not_merge)
        personal_data.register_was_erased(erased.erased_among)
        personal_data.register_held(erasure.held_addresses)
        registry.register_timeline("privacy", timeline.entries, models=timeline.SHOWN)
        registry.register_change_log("privacy", access_log.note_taken)
        autodiscover_modules("personal_data")
