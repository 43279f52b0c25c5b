from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "welcome.insight"
    verbose_name = _("Insight")

    def ready(self) -> None:
        from portal import registry
        from welcome.insight.segments import DIMENSIONS

        for dimension in DIMENSIONS:
            if dimension.q:
                segment = registry.Segment(dimension.key, dimension.title, dimension.rows, dimension.q)
                registry.register_segment(segment)
