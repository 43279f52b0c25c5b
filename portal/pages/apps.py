from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "portal.pages"
    verbose_name = _("Public pages")

    def ready(self) -> None:
        from portal import page_cache, registry
        from portal.pages import addresses, day_page, figures, models, search
        from portal.pages.publishing import next_publication

        for model in (models.ServiceInfo, models.Article, models.Step, models.ContactPoint, models.Picture):
            page_cache.watch(model, model.translations.field.model)
        page_cache.watch(models.PictureFile, models.SiteLook)
        page_cache.changes_by_itself("publication", next_publication)

        registry.register_day_page("facts", day_page.queues)
        registry.register_figures("facts", figures.figures)
        registry.register_site_figures("verified", figures.verified)
        registry.register_site_figures("languages", figures.languages)
        registry.register_addresses("pages", addresses.addresses)
        search.register()
