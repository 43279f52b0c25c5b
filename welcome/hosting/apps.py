from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HostingConfig(AppConfig):
    name = "welcome.hosting"
    verbose_name = _("Hosts")

    def ready(self) -> None:
        from django.db.models.signals import post_delete

        from portal import registry
        from welcome.hosting import access, day_page, promises, reach, services, timeline
        from welcome.hosting.models import Assignment

        post_delete.connect(_free_place, sender=Assignment, dispatch_uid="hosting.free_place")
        registry.register_task_kind(promises.FOLLOW_UPS)
        registry.register_task_kind(promises.HELP)
        registry.register_care("hosting", registry.Care(Assignment.objects.open, Assignment.objects.all))
        registry.register_landing(20, access.landing)
        registry.register_actions("hosting", access.actions)
        registry.register_protection("hosting", services.end_for_protected)
        registry.register_state_follower("hosting", services.follow_state)
        registry.register_merging("hosting", access.why_not_merge)
        registry.register_timeline("hosting", timeline.entries, models=timeline.SHOWN)
        registry.register_my_page("hosting", timeline.my_page)
        registry.register_day_page("hosting", day_page.queues)
        registry.register_navigation(registry.NavItem(90, _("Host"), "hosting:newcomers", shown=access.is_host))
        registry.register_reach("host", _("host"), reach.had_host)


def _free_place(instance: Any, **kwargs: Any) -> None:
    """An erased household takes its assignment with it; the host has room again."""
    from welcome.hosting.services import free_place

    if instance.is_open:
        free_place(instance.host_id)
