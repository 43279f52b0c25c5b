"""Each theme by day and by night: axe finds enough contrast in all of them."""

from __future__ import annotations

from collections.abc import Callable

from portal.municipalities.models import Municipality
from portal.pages.models import SiteLook
from portal.pages.themes import THEMES
from tests.browser.visitor import Visitor

PAGES = ["", "register/", "facts/"]


def test_every_theme_can_be_read_by_day_and_by_night(region: None, visit: Callable[..., Visitor]) -> None:
    gol = Municipality.objects.get(slug="gol")
    faults: list[str] = []
    for theme, _label in THEMES:
        look, _created = SiteLook.objects.get_or_create(municipality=gol)
        look.theme = theme
        look.save()
        for scheme in ("light", "dark"):
            anyone = visit(390, color_scheme=scheme)
            for rest in PAGES:
                anyone.page.goto(anyone.base_url + anyone.path(rest))
                assert anyone.page.locator(f"link[href*='theme/{theme}.']").count() == 1
                faults += [f"{theme}, {scheme}: {fault}" for fault in anyone.faults_here()]
    assert not faults, "\n".join(faults)
