"""Kept pages: the same for everybody who is nobody in particular, and never older than what they show."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import page_cache
from portal.municipalities.models import Municipality
from portal.page_cache import KeptPage, public_page, remember
from portal.pages.enums import PublishState
from portal.pages.models import Article, ArticleTranslation, ServiceInfo, ServiceInfoTranslation
from tests.access.cast import client_of
from tests.factories import ArticleFactory, ContactPointFactory, MunicipalityFactory, ServiceInfoFactory, UserFactory
from tests.jobs.factories import VacancyFactory

START, TOPIC = "/en/gol/", "/en/gol/topics/library/"


@pytest.fixture
def info(db: None) -> ServiceInfo:
    """The library of Gol: on the start page, and on a page of its own."""
    return ServiceInfoFactory(municipality=MunicipalityFactory(gol=True), topic="library")


@pytest.fixture
def hour(monkeypatch: Any) -> Callable[[datetime], None]:
    """hour(moment) sets the clock."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def text_of(client: Client, path: str = TOPIC) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200, path
    return len(captured)


def rename(info: ServiceInfo, title: str, **fields: Any) -> None:
    text = info.translations.get(language_code="en")
    for name, value in {"title": title, **fields}.items():
        setattr(text, name, value)
    text.save()


# --- Few questions to the database ---


@pytest.mark.parametrize(
    "path", [START, "/en/gol/themes/learn/", TOPIC, "/en/gol/search/?q=library", "/en/gol/jobs/", "/en/gol/news/"]
)
def test_few_queries_for_the_first_reader_and_none_for_the_next(client: Client, info: ServiceInfo, path: str) -> None:
    info.contacts.set(ContactPointFactory.create_batch(3, municipality=info.municipality))
    ArticleFactory.create_batch(5, municipality=info.municipality)
    VacancyFactory.create_batch(5, municipality=info.municipality)
    page_cache.changed()
    page_cache.version()  # as at the end of a transaction
    assert queries(client, path) <= 8
    assert queries(client, path) <= 1


# --- Who gets a kept page ---


def test_whoever_signed_in_neither_leaves_a_page_nor_gets_one(client: Client, info: ServiceInfo) -> None:
    reader = client_of(UserFactory())
    own = reader.get(TOPIC)
    assert "Sign out" in own.content.decode()
    assert "public" not in own.get("Cache-Control", "")
    kept = client.get(TOPIC)
    assert "Sign out" not in kept.content.decode()
    assert "public" in kept["Cache-Control"]
    assert "Sign out" in text_of(reader)


def test_a_page_with_a_form_is_kept_for_nobody(db: None) -> None:
    """Its token belongs to one reader, also when they had it from an earlier page."""
    from django.middleware.csrf import get_token

    made = []
    view = public_page(lambda request: HttpResponse(f"{get_token(request)}{made.append(1)}"))
    for cookies in ({}, {"csrftoken": "x" * 32}):
        for _visit in range(2):
            request = RequestFactory().get("/en/form/")
            request.COOKIES.update(cookies)
            assert "Cache-Control" not in view(request)
    assert len(made) == 4


def test_what_was_not_found_is_looked_for_again(client: Client, info: ServiceInfo) -> None:
    assert client.get("/en/gol/topics/jobs/").status_code == 404
    ServiceInfoFactory(municipality=info.municipality, topic="jobs")
    assert client.get("/en/gol/topics/jobs/").status_code == 200


def test_each_language_municipality_and_query_has_its_page(client: Client, info: ServiceInfo) -> None:
    ServiceInfoFactory(municipality=MunicipalityFactory(aal=True), topic="library")
    addresses = [TOPIC, "/nb/gol/topics/library/", "/en/aal/topics/library/", "/en/gol/jobs/", "/en/gol/jobs/?q=kokk"]
    pages = [text_of(client, address) for address in addresses]
    assert len(set(pages)) == len(addresses)
    assert [text_of(client, address) for address in addresses] == pages


def test_addresses_without_end_are_not_kept(client: Client, info: ServiceInfo) -> None:
    answer = client.get(f"{TOPIC}?{'x' * 600}")
    assert answer.status_code == 200
    assert "Cache-Control" not in answer


# --- How it is sent ---


def test_a_reader_who_has_the_page_is_told_so(client: Client, info: ServiceInfo) -> None:
    first = client.get(TOPIC)
    again = client.get(TOPIC, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    rename(info, "Another library")
    changed = client.get(TOPIC, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_compressed_only_for_those_who_can_read_it(client: Client, info: ServiceInfo) -> None:
    plain = client.get(TOPIC)
    small = client.get(TOPIC, headers={"accept-encoding": "gzip, br"})
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    assert len(small.content) < len(plain.content) / 2
    assert {"Cookie", "Accept-Encoding"} <= {name.strip() for name in plain["Vary"].split(",")}


def test_asked_for_the_head_alone(client: Client, info: ServiceInfo) -> None:
    head = client.head(TOPIC)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == client.get(TOPIC)["ETag"]


def test_keeps_the_headers_that_protect_a_page(client: Client, info: ServiceInfo) -> None:
    for _visit in range(2):
        answer = client.get(TOPIC)
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert not answer.cookies


# --- Visible at once ---


def save(info: ServiceInfo) -> None:
    rename(info, "Bokstova")


def update(info: ServiceInfo) -> None:
    ServiceInfoTranslation.objects.filter(master=info).update(title="Bokstova")


def bulk_update(info: ServiceInfo) -> None:
    texts = list(info.translations.all())
    for text in texts:
        text.title = "Bokstova"
    ServiceInfoTranslation.objects.bulk_update(texts, ["title"])


def set_contacts(info: ServiceInfo) -> None:
    contact = ContactPointFactory(municipality=info.municipality, texts={"en": {"name": "Bokstova"}})
    cache.clear()
    text_of(Client())
    info.contacts.set([contact])


def rename_contact(info: ServiceInfo) -> None:
    contact = ContactPointFactory(municipality=info.municipality)
    info.contacts.set([contact])
    text_of(Client())
    text = contact.translations.get(language_code="en")
    text.name = "Bokstova"
    text.save()


def rename_municipality(info: ServiceInfo) -> None:
    Municipality.objects.filter(pk=info.municipality_id).update(name="Bokstova")


@pytest.mark.parametrize(
    "change", [save, update, bulk_update, set_contacts, rename_contact, rename_municipality], ids=lambda c: c.__name__
)
def test_what_an_editor_changes_is_seen_at_once(
    client: Client, info: ServiceInfo, change: Callable[[ServiceInfo], None]
) -> None:
    assert "Bokstova" not in text_of(client)
    change(info)
    assert "Bokstova" in text_of(client)


def test_what_comes_in_one_stroke_or_goes_is_seen_at_once(client: Client, info: ServiceInfo) -> None:
    news = "/en/gol/news/"
    text_of(client, news)
    article = Article(municipality=info.municipality, kind="news", slug="snow")
    Article.objects.bulk_create([article])
    ArticleTranslation.objects.bulk_create(
        [ArticleTranslation(master=article, language_code="en", title="Much snow", summary="Deep.", body="Deep.")]
    )
    assert "Much snow" in text_of(client, news)
    ArticleTranslation.objects.filter(master=article).update(state=PublishState.DRAFT)
    assert "Much snow" not in text_of(client, news)
    ArticleTranslation.objects.filter(master=article).update(state=PublishState.PUBLISHED)
    assert "Much snow" in text_of(client, news)
    Article.objects.filter(pk=article.pk).delete()
    assert "Much snow" not in text_of(client, news)


def test_a_municipality_that_is_switched_off_is_gone_at_once(client: Client, info: ServiceInfo) -> None:
    text_of(client)
    Municipality.objects.filter(pk=info.municipality_id).update(is_active=False)
    assert client.get(TOPIC).status_code == 404


def test_a_vacancy_that_is_hidden_is_gone_at_once(client: Client, info: ServiceInfo) -> None:
    vacancy = VacancyFactory(municipality=info.municipality, title="Lampetenner")
    assert "Lampetenner" in text_of(client, "/en/gol/jobs/")
    type(vacancy).objects.filter(pk=vacancy.pk).update(is_published=False)
    assert "Lampetenner" not in text_of(client, "/en/gol/jobs/")


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_was_never_seen(client: Client) -> None:
    info = ServiceInfoFactory(municipality=MunicipalityFactory(gol=True), topic="library")
    before = text_of(client)
    with transaction.atomic():
        rename(info, "Bokstova")
        transaction.set_rollback(True)
    assert text_of(client) == before


@pytest.mark.django_db(transaction=True)
def test_a_reader_between_change_and_commit_leaves_nothing_old(client: Client) -> None:
    """Within the transaction a new version starts; what others keep under it before they see the change is dropped."""
    info = ServiceInfoFactory(municipality=MunicipalityFactory(gol=True), topic="library")
    text_of(client)
    with transaction.atomic():
        rename(info, "Bokstova")
        early = page_cache.version()
    assert page_cache.version() != early
    assert "Bokstova" in text_of(client)


def test_a_page_made_while_its_content_changed_is_not_shown_again(db: None) -> None:
    words = ["old"]

    def make(request: Any) -> HttpResponse:
        made = words[0]
        if made == "old":
            words[0] = "new"
            page_cache.changed()
        return HttpResponse(made)

    view = public_page(make)
    shown = [view(RequestFactory().get("/en/page/")).content.decode() for _visit in range(3)]
    assert shown == ["old", "new", "new"]


def test_many_readers_at_once_get_the_same_page(db: None) -> None:
    answers: list[bytes] = []
    view = public_page(lambda request: HttpResponse("the page"))
    readers = [
        threading.Thread(target=lambda: answers.append(view(RequestFactory().get("/en/page/")).content))
        for _reader in range(20)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert answers == [b"the page"] * 20


# --- Changes that come by themselves ---


def test_a_text_appears_at_its_hour(client: Client, info: ServiceInfo, hour: Callable[[datetime], None]) -> None:
    now = timezone.now().replace(hour=12)
    hour(now)
    rename(info, "Bokstova", publish_at=now + timedelta(minutes=30))
    assert "Bokstova" not in text_of(client, START)
    hour(now + timedelta(minutes=29))
    assert "Bokstova" not in text_of(client, START)
    hour(now + timedelta(minutes=31))
    assert "Bokstova" in text_of(client, START)


def test_a_new_day_starts_a_new_version(db: None, hour: Callable[[datetime], None]) -> None:
    """At midnight in Norway: what was due yesterday is overdue, and a deadline has passed."""
    late = timezone.make_aware(datetime(2026, 11, 22, 23, 59))
    hour(late)
    before = page_cache.version()
    assert page_cache.version() == before
    hour(late + timedelta(minutes=2))
    assert page_cache.version() != before


# --- Keeping ---


def test_a_lost_cache_costs_a_page_and_nothing_else(client: Client, info: ServiceInfo) -> None:
    before = text_of(client)
    cache.clear()
    assert text_of(client) == before


def test_pages_of_days_gone_by_do_not_fill_the_cache(
    client: Client, info: ServiceInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_of(client)
    version, in_two_days = page_cache.version(), time.time() + 2 * page_cache.LONGEST_SECONDS
    assert queries(client, TOPIC) == 0
    monkeypatch.setattr("time.time", lambda: in_two_days)
    assert page_cache.version() == version
    assert queries(client, TOPIC) > 0


def test_another_release_makes_its_own_pages(
    client: Client, info: ServiceInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its templates, words and files are others, and it may not even read what was kept."""
    text_of(client)
    assert queries(client, TOPIC) == 0
    monkeypatch.setattr(page_cache, "release", lambda: "another")
    assert queries(client, TOPIC) > 0


def test_a_developer_sees_every_change_of_a_template(client: Client, info: ServiceInfo, settings: Any) -> None:
    settings.DEBUG = True
    assert "ETag" not in client.get(TOPIC)


def test_nothing_found_is_looked_for_again(db: None) -> None:
    found: list[str | None] = [None, "here"]
    assert [remember("thing", lambda: found.pop(0)) for _visit in range(2)] == [None, "here"]
    assert remember("thing", lambda: "elsewhere") == "here"


def test_a_kept_page_compresses_to_the_same_bytes_each_time() -> None:
    response = HttpResponse("page " * 500)
    assert KeptPage.of(response) == KeptPage.of(response)
