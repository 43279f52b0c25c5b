from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewcomersConfig(AppConfig):
    name = "newcomers"
    verbose_name = _("Newcomers")

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from newcomers import (
            access,
            bulk,
            contact,
            day_page,
            day_page_movers,
            farewells,
            pairs,
            reach,
            services_moving,
            signals,
            timeline,
            timeline_movers,
            timeline_office,
            views_leisure,
            views_wishes,
        )
        from portal import registry

        user_logged_in.connect(signals.finish_registrations, dispatch_uid="newcomers.finish_registrations")
        registry.register_landing(30, access.landing)
        registry.register_timeline("newcomers", timeline.entries, models=timeline.SHOWN)
        registry.register_timeline("office", timeline_office.entries, models=timeline_office.SHOWN)
        registry.register_protection("bulk", bulk.stop_for)
        registry.register_timeline("movers", timeline_movers.entries, models=timeline_movers.SHOWN)
        registry.register_protection("movers", pairs.forget_protected)
        registry.register_day_page("movers", day_page_movers.queues)
        registry.register_day_page("newcomers", day_page.queues)
        registry.register_figures("newcomers", day_page.figures)
        registry.register_reach("contact", _("in touch"), reach.was_in_touch)
        registry.register_figures("farewells", farewells.figures)
        registry.register_state_follower("newcomers", services_moving.follow_state)
        registry.register_mail_check("newcomers", contact.is_wanted)
        registry.register_addresses("register", lambda municipality, on: [registry.PublicAddress("newcomers:register")])
        registry.register_addresses(
            "introduce", lambda municipality, on: [registry.PublicAddress("newcomers:introduce")]
        )
        registry.register_addresses("no_post", lambda municipality, on: [registry.PublicAddress("newcomers:no_post")])
        registry.register_addresses("children", lambda municipality, on: [registry.PublicAddress("newcomers:children")])
        registry.register_ways("children", views_leisure.ways)
        registry.register_my_page("wishes", views_wishes.my_page)
        registry.register_my_page("leisure", views_leisure.my_page)
        registry.register_navigation(
            registry.NavItem(30, _("Register"), "newcomers:register", shown=access.has_no_household)
        )
        registry.register_navigation(
            registry.NavItem(30, _("My page"), "newcomers:my_page", shown=access.has_household)
        )
