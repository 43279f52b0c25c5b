"""The demonstration's content: in seven languages, filled in, easy to read; loading it twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings

from portal.demo import CONTENT, read
from portal.municipalities import demo as municipalities_demo
from portal.municipalities.models import Municipality
from portal.pages import demo as pages_demo
from portal.pages.enums import ArticleKind, PublishState, Situation, Topic
from portal.pages.gaps import outdated
from portal.pages.models import (
    Article,
    ArticleTranslation,
    ContactPoint,
    Picture,
    PictureFile,
    ServiceInfo,
    ServiceInfoTranslation,
    SiteLook,
    Step,
)
from portal.pages.readability import TOO_HARD, lix
from portal.pages.texts import text_in
from portal.pages.themes import THEMES
from tests.conftest import TODAY

LANGUAGES = {code for code, _name in settings.LANGUAGES}
PLACEHOLDERS = {"municipality", "centre", "station", "region", "slug"}


def texts_of(name: str) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    for row in read(name):
        if row.get("state") != PublishState.DRAFT:
            yield row.get("topic") or row.get("slug") or row["code"], row["texts"]


@pytest.mark.parametrize("name", ["service_info", "contacts", "steps", "articles", "pictures"])
def test_everything_is_said_in_all_languages(name: str) -> None:
    for code, texts in texts_of(name):
        assert set(texts) == LANGUAGES, code
        for language, fields in texts.items():
            assert set(fields) == set(texts["nb"]), (code, language)
            assert all(value.strip() for value in fields.values()), (code, language)


@pytest.mark.parametrize("name", ["service_info", "steps", "articles"])
def test_translations_keep_the_placeholders_links_and_headings(name: str) -> None:
    for code, texts in texts_of(name):
        for language, fields in texts.items():
            for field, text in fields.items():
                assert set(re.findall(r"{(\w+)}", text)) <= PLACEHOLDERS, (code, language)
                for pattern in (r"]\((\S+)\)", r"^(##) ", r"^(-) "):
                    there = re.findall(pattern, text, re.MULTILINE)
                    assert there == re.findall(pattern, texts["nb"][field], re.MULTILINE), (code, language, pattern)


def test_municipalities_speak_of_themselves_in_all_languages() -> None:
    for place in read("municipalities"):
        assert set(place["languages"]) == LANGUAGES
        said = [place["tagline"], place["intro"], place["service_office"]["name"], *place["local"].values()]
        assert all(set(texts) == LANGUAGES for texts in said), place["slug"]


def test_norwegian_texts_are_easy_to_read() -> None:
    for name in ("service_info", "articles"):
        for code, texts in texts_of(name):
            for language in ("nb", "nn"):
                assert (lix(texts[language]["body"]) or 0) <= TOO_HARD, (code, language)
    for situation in Situation:
        steps = [row["texts"] for row in read("steps") if row["situation"] == situation]
        assert 5 <= len(steps) <= 8
        assert all((lix("\n\n".join(step[code]["text"] for step in steps)) or 0) <= TOO_HARD for code in ("nb", "nn"))


def test_texts_fit_where_they_are_shown() -> None:
    for name in ("service_info", "articles"):
        for code, texts in texts_of(name):
            assert all(len(fields["summary"]) <= 170 for fields in texts.values()), code
    for code, texts in texts_of("steps"):
        for language, fields in texts.items():
            assert len(fields["title"]) <= 60, (code, language)
            assert len(fields["text"]) <= 250, (code, language)


# --- Loaded ---


@pytest.fixture
def region(db: None) -> None:
    municipalities_demo.load_content(on=TODAY)
    pages_demo.load_content(on=TODAY)


def state() -> dict[str, Any]:
    """All there is of texts, and how often each was saved."""
    models: list[Any] = [
        ContactPoint, ServiceInfo, Step, Article, SiteLook, Picture, PictureFile,
        *(model._parler_meta.root_model for model in (ContactPoint, ServiceInfo, Step, Article, Picture)),
        ServiceInfoTranslation.history.model, ArticleTranslation.history.model,
    ]  # fmt: skip
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.usefixtures("region")
def test_loading_twice_changes_nothing() -> None:
    before = state()
    municipalities_demo.load_content(on=TODAY)
    pages_demo.load_content(on=TODAY)
    assert state() == before


@pytest.mark.usefixtures("region")
def test_loading_again_mends_what_somebody_tried_out() -> None:
    text = ServiceInfoTranslation.objects.get(
        master__municipality__code="3320", master__topic=Topic.SHOPS, language_code="nb"
    )
    body, text.body = text.body, "Prøve."
    text.save()
    Step.objects.filter(municipality__code="3320").delete()
    pages_demo.load_content(on=TODAY)
    text.refresh_from_db()
    assert (text.body, text.version) == (body, 3)
    assert Step.objects.filter(municipality__code="3320").count() == len(read("steps"))


@pytest.mark.usefixtures("region")
def test_no_placeholder_is_left() -> None:
    for name, rows in state().items():
        for row in rows:
            assert not [value for value in row.values() if isinstance(value, str) and re.search(r"{\w+}", value)], name


@pytest.mark.usefixtures("region")
def test_every_municipality_has_all_of_it() -> None:
    coordinators = {row["email"] for row in read("people")["staff"] if row["role"] == "coordinator"}
    for municipality in Municipality.objects.filter(is_active=True):
        assert set(municipality.languages) == LANGUAGES
        assert municipality.questions_to is not None
        assert municipality.questions_to.email in coordinators
        assert municipality.answer_within_days == 3
        assert municipality.serviceinfos.count() == len(Topic)
        assert set(municipality.steps.values_list("situation", flat=True)) == set(Situation.values)
        assert set(municipality.articles.values_list("kind", flat=True)) == set(ArticleKind.values)
        assert SiteLook.objects.get(municipality=municipality).theme in dict(THEMES)
    assert SiteLook.objects.values("theme").distinct().count() == len(THEMES)


@pytest.mark.usefixtures("region")
def test_drawings_stand_with_places_topics_and_articles() -> None:
    assert not Picture.objects.exclude(files__media_type="image/webp").exists()
    assert SiteLook.objects.exclude(picture=None).count() == 4
    assert SiteLook.objects.filter(picture=None).count() == 2  # the portal's own picture is shown there
    for model in (ServiceInfo, Article):
        with_picture = model.objects.exclude(picture=None).select_related("municipality", "picture")
        assert {page.municipality.slug for page in with_picture} == {place["slug"] for place in read("municipalities")}
        assert all(page.picture.municipality_id == page.municipality_id for page in with_picture)


def test_drawings_are_small_and_their_sources_are_there() -> None:
    for row in read("pictures"):
        drawing = CONTENT / "pictures" / f"{row['code']}.jpg"
        assert drawing.stat().st_size <= 150_000
        assert drawing.with_suffix(".svg").exists()
    assert len(read("pictures")) == len(list((CONTENT / "pictures").glob("*.jpg")))


@pytest.mark.usefixtures("region")
def test_staff_find_something_overdue_something_outdated_and_a_draft() -> None:
    assert list(Step.objects.overdue(TODAY).values_list("municipality__code", "situation")) == [
        ("3326", Situation.CONSIDERING)
    ]
    assert [code for code in ContactPoint.objects.overdue(TODAY).values_list("code", flat=True)] == ["volunteer_centre"]
    [late] = outdated(ServiceInfo)
    assert (late.language_code, late.master.municipality.code, late.master.topic) == ("pl", "3324", Topic.TRANSPORT)
    source = late.master.translations.get(language_code="nn")
    assert "Riksveg 52" in source.body or "riksveg 52" in source.body
    assert source.history.count() == 2
    assert not outdated(Article)
    [draft] = ArticleTranslation.objects.filter(state=PublishState.DRAFT)
    assert (draft.language_code, draft.master.translations.count()) == ("nb", 1)
    assert text_in(draft.master, "nb") is None


@pytest.mark.usefixtures("region")
def test_what_is_not_in_the_main_language_was_made_from_it() -> None:
    for municipality in Municipality.objects.filter(is_active=True):
        main = municipality.main_language
        for model in (ServiceInfoTranslation, ArticleTranslation):
            rows = model.objects.filter(master__municipality=municipality, state=PublishState.PUBLISHED)
            assert set(rows.filter(language_code=main).values_list("source_language", flat=True)) == {""}
            assert set(rows.exclude(language_code=main).values_list("source_language", flat=True)) == {main}


def test_news_appeared_on_days_before_the_demonstration(db: None) -> None:
    for on in (TODAY, date(2027, 1, 4)):
        municipalities_demo.load_content(on=on)
        pages_demo.load_content(on=on)
        shown = ArticleTranslation.objects.filter(master__kind=ArticleKind.NEWS)
        days = {row.publish_at.date() for row in shown if row.publish_at}
        assert len(days) == 4
        assert max(days) < on
    assert ArticleTranslation.objects.exclude(version=1).count() == 0
