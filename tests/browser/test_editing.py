"""Writing in the office, in a real browser: with scripts and without, wide and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.models import ServiceInfo, SiteLook
from tests.browser.conftest import Calendar
from tests.browser.test_pages import sign_in
from tests.browser.visitor import Visitor
from tests.factories import (
    ArticleFactory,
    ContactPointFactory,
    MunicipalityFactory,
    ServiceInfoFactory,
    StaffRoleFactory,
    StepFactory,
)
from tests.pages.factories import make_picture

HARD = "Kommunestyret fastsetter forskriftsbestemmelser vedrørende saksbehandlingsrutinenes gjennomføring. "


@pytest.fixture
def gol(transactional_db: None, calendar: Calendar) -> Municipality:
    gol = MunicipalityFactory(gol=True, languages=["nb", "nn", "en", "ar"])
    desks = [ContactPointFactory(municipality=gol) for _number in range(9)]
    ServiceInfoFactory(municipality=gol, topic="jobs", contacts=desks[:2], picture=make_picture(gol))
    StepFactory(municipality=gol)
    SiteLook.objects.create(municipality=gol)
    origin = ArticleFactory(municipality=MunicipalityFactory(hemsedal=True))
    copy = ArticleFactory(municipality=gol, origin=origin)
    copy.translations.update(origin_version=0, state="draft")
    return gol


@pytest.fixture
def editor(gol: Municipality) -> Callable[[Visitor], Visitor]:
    user = StaffRoleFactory(municipality=gol, role=Role.COORDINATOR, user__language="nb").user

    def signed_in(visitor: Visitor) -> Visitor:
        sign_in(visitor, user)
        return visitor

    return signed_in


def edit(page: str = "change", query: str = "") -> str:
    return reverse(f"admin:pages_serviceinfo_{page}", args=[ServiceInfo.objects.get(topic="jobs").pk]) + query


def test_the_preview_follows_the_pen(editor: Callable[..., Visitor], visit: Callable[..., Visitor]) -> None:
    writer = editor(visit())
    writer.open(edit())
    expect(writer.page.locator("[name=_preview]")).to_have_count(0)
    writer.page.locator("[name=body]").fill(f"## Ny jobb\n\n{HARD * 3}<script>alert(1)</script>")
    preview = writer.page.locator("[data-preview]")
    expect(preview.locator("h2")).to_have_text("Ny jobb")
    expect(preview.locator(".editor__advice")).to_be_visible()
    expect(preview.locator("script")).to_have_count(0)
    writer.check()
    assert ServiceInfo.objects.get(topic="jobs").translations.get(language_code="nb").version == 1


def test_without_scripts_a_button_shows_the_same(editor: Callable[..., Visitor], visit: Callable[..., Visitor]) -> None:
    writer = editor(visit(390, scripts=False))
    for page in [edit(), edit("side_by_side", "?to=en")]:
        writer.open(page)
        writer.write(body="## Ny jobb\n\nRing **oss**.", title="Ikke lagret")
        writer.go(lambda: writer.page.locator("[name=_preview]").click())
        expect(writer.page.locator("[data-preview] h2")).to_have_text("Ny jobb")
        expect(writer.page.locator("[name=title]")).to_have_value("Ikke lagret")
    assert not ServiceInfo.objects.filter(translations__title="Ikke lagret").exists()


def test_contact_points_are_found_by_their_name(editor: Callable[..., Visitor], visit: Callable[..., Visitor]) -> None:
    writer = editor(visit())
    writer.open(edit())
    choices = writer.page.locator("[data-choices]")
    name = choices.locator("label:has(input[type=checkbox])").nth(3).inner_text().strip()
    choices.locator("input[type=search]").fill(name)
    expect(choices.locator("label:has(input[type=checkbox]):visible")).to_have_count(1)
    writer.check()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_about_texts_can_be_used(
    gol: Municipality, editor: Callable[..., Visitor], visit: Callable[..., Visitor], width: int
) -> None:
    writer = editor(visit(width))
    writer.open(edit())
    writer.write(title="Nytt ord")
    writer.go(lambda: writer.page.locator("[name=_continue]").click())
    copy = gol.articles.get()
    pages = [edit("change", "?language=ar"), edit("versions"), edit("side_by_side", "?to=ar"), edit("side_by_side")]
    pages += [reverse(f"admin:pages_{name}") for name in ["gaps", "changes", "copy"]]
    source = Municipality.objects.get(slug="hemsedal").pk
    pages.append(f"{reverse('admin:pages_copy')}?source={source}&target={gol.pk}")
    pages += [reverse(f"admin:pages_article_{name}", args=[copy.pk]) for name in ["change", "origin"]]
    pages.append(reverse("admin:pages_picture_change", args=[gol.pictures.get().pk]))
    pages += [reverse(f"admin:pages_{name}_changelist") for name in ["serviceinfo", "article", "step", "picture"]]
    pages += [reverse(f"admin:pages_{name}_add") for name in ["article", "picture", "step"]]
    pages.append(reverse("admin:pages_sitelook_change", args=[gol.sitelooks.get().pk]))
    for page in pages:
        writer.open(page)
