from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Pages that anyone may find, by their URL names.
PUBLIC = ("register", "introduce", "no_post", "children")


class NewcomersConfig(AppConfig):
    name = "newcomers"
    verbose_name = _("Newcomers")

    def ready(self) -> None:
        self._follow()
        self._show_to_office()
        self._show_to_newcomers()

    def _follow(self) -> None:
        """What other rooms do, and what this one has to say to it."""
        from allauth.account.signals import user_logged_in

        from newcomers import access, contact
        from newcomers.movers import pairs
        from newcomers.my_page import moving
        from newcomers.registering import signals
        from portal import registry

        user_logged_in.connect(signals.finish_registrations, dispatch_uid="newcomers.finish_registrations")
        registry.register_landing(30, access.landing)
        registry.register_protection("movers", pairs.forget_protected)
        registry.register_state_follower("newcomers", moving.follow_state)
        registry.register_mail_check("newcomers", contact.is_wanted)

    def _show_to_office(self) -> None:
        from newcomers import reach, timeline
        from newcomers.movers import day_page as day_page_movers
        from newcomers.movers import timeline as timeline_movers
        from newcomers.my_page import farewells
        from newcomers.office import day_page
        from newcomers.office import timeline as timeline_office
        from portal import registry

        registry.register_timeline("newcomers", timeline.entries, models=timeline.SHOWN)
        registry.register_timeline("office", timeline_office.entries, models=timeline_office.SHOWN)
        registry.register_timeline("movers", timeline_movers.entries, models=timeline_movers.SHOWN)
        registry.register_day_page("movers", day_page_movers.queues)
        registry.register_day_page("newcomers", day_page.queues)
        registry.register_figures("newcomers", day_page.figures)
        registry.register_figures("farewells", farewells.figures)
        registry.register_reach("contact", _("in touch"), reach.was_in_touch)

    def _show_to_newcomers(self) -> None:
        from newcomers import access
        from newcomers.my_page import views_leisure, views_wishes
        from portal import registry

        registry.register_addresses(
            "newcomers", lambda municipality, on: [registry.PublicAddress(f"newcomers:{name}") for name in PUBLIC]
        )
        registry.register_ways("children", views_leisure.ways)
        registry.register_my_page("wishes", views_wishes.my_page)
        registry.register_my_page("leisure", views_leisure.my_page)
        registry.register_navigation(
            registry.NavItem(30, _("Register"), "newcomers:register", shown=access.has_no_household)
        )
        registry.register_navigation(
            registry.NavItem(30, _("My page"), "newcomers:my_page", shown=access.has_household)
        )
