"""Writing in the office: states and hours, preview, versions, languages side by side, gaps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.gaps import TextStatus, coverage, gaps, status_of
from portal.pages.history import MOST_WORDS, difference
from portal.pages.models import ContactPoint, ServiceInfo, SiteLook
from portal.pages.themes import THEMES
from tests.access.cast import client_of
from tests.factories import (
    ArticleFactory,
    ContactPointFactory,
    MunicipalityFactory,
    ServiceInfoFactory,
    StaffRoleFactory,
    StepFactory,
)

WORDS = {
    "topic": "jobs",
    "title": "Arbeid",
    "summary": "Om arbeid.",
    "body": "## Arbeid\n\nRing oss.",
    "verify_every": 180,
}


@pytest.fixture
def gol(db: None) -> Municipality:
    return MunicipalityFactory(gol=True)


@pytest.fixture
def user(gol: Municipality) -> User:
    return StaffRoleFactory(municipality=gol, role=Role.COORDINATOR, user__name="Eva Redaktør").user


@pytest.fixture
def editor(user: User) -> Client:
    return client_of(user)


@pytest.fixture
def info(gol: Municipality) -> ServiceInfo:
    return ServiceInfoFactory(municipality=gol, topic="jobs")


def url(page: str, obj: Any, query: str = "") -> str:
    return reverse(f"admin:pages_{obj._meta.model_name}_{page}", args=[obj.pk]) + query


def text(obj: Any, language: str = "nb") -> Any:
    return obj.translations.get(language_code=language)


def public(address: str = "/nb/gol/topics/jobs/") -> str:
    return Client().get(address).content.decode()


# --- States and hours ---


def test_an_editors_change_is_seen_at_once_and_signed(editor: Client, user: User, info: ServiceInfo) -> None:
    public()  # kept from here on
    assert editor.post(url("change", info), WORDS | {"state": "published", "title": "Nytt ord"}).status_code == 302
    assert "Nytt ord" in public()
    assert text(info).changed_by == user
    assert text(info).history.first().history_user == user
    assert text(info, "en").changed_by is None


def test_each_language_has_its_own_state(editor: Client, info: ServiceInfo) -> None:
    assert (
        editor.post(url("change", info, "?language=en"), WORDS | {"state": "draft", "title": "Kladd"}).status_code
        == 302
    )
    assert "Kladd" not in public("/en/gol/topics/jobs/")
    assert "jobs (nb)" in public()
    html = editor.get(reverse("admin:pages_serviceinfo_changelist")).content.decode()
    assert "text-state--draft" in html
    assert editor.get("/admin/pages/serviceinfo/?texts=draft").context["cl"].queryset.get() == info
    assert not editor.get("/admin/pages/serviceinfo/?texts=outdated").context["cl"].queryset.exists()


def test_a_text_appears_when_its_hour_comes(editor: Client, info: ServiceInfo, monkeypatch: Any) -> None:
    now = timezone.now()
    hour = timezone.localtime(now + timedelta(hours=2))
    typed = WORDS | {"state": "published", "title": "Til jul", "publish_at": hour.strftime("%Y-%m-%dT%H:%M")}
    assert editor.post(url("change", info), typed).status_code == 302
    assert status_of(text(info), {}) == TextStatus.WAITING
    assert "Til jul" not in public()
    assert "Til jul" not in public()  # nor from what is kept
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2, minutes=1))
    assert "Til jul" in public()


def test_the_form_opens_in_the_municipalitys_own_language(db: None) -> None:
    aal = MunicipalityFactory(aal=True)
    info = ServiceInfoFactory(municipality=aal, topic="jobs")
    form = client_of(StaffRoleFactory(municipality=aal, role=Role.EDITOR).user).get(url("change", info))
    assert form.context["adminform"].form.language_code == "nn"


@pytest.mark.parametrize("language", ["xx", "", "nb'--", "<script>", "a" * 3000])
@pytest.mark.parametrize("page", ["change", "versions", "side_by_side"])
def test_a_language_that_is_none_is_the_main_one(editor: Client, info: ServiceInfo, language: str, page: str) -> None:
    query = {"language": language, "from": language, "to": language}
    answer = editor.get(url(page, info), query)
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace("<script src", "")


def test_arabic_is_written_from_the_right(editor: Client, gol: Municipality, info: ServiceInfo) -> None:
    gol.languages = ["nb", "ar"]
    gol.save()
    html = editor.get(url("change", info, "?language=ar")).content.decode()
    assert 'lang="ar" dir="rtl"' in html
    assert "cannot be counted in this language" in html
    assert 'lang="ar" dir="rtl"' in editor.get(url("side_by_side", info, "?to=ar")).content.decode()


def test_an_identity_number_is_refused_and_nothing_is_lost(editor: Client, info: ServiceInfo) -> None:
    typed = WORDS | {"state": "published", "title": "Mange ord", "body": "Ring 01817050006."}
    for page in ["change", "side_by_side"]:
        answer = editor.post(url(page, info), typed)
        assert answer.status_code == 200, page
        assert "Mange ord" in answer.content.decode()
    assert text(info).version == 1


# --- The preview ---

SCRIPTS = (
    "<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)> ![x](http://x.example/p.png)"
)


def test_the_preview_shows_what_readers_will_see_and_saves_nothing(editor: Client, info: ServiceInfo) -> None:
    typed = WORDS | {"state": "published", "body": "## Ny overskrift\n\nRing **oss**.", "_preview": "Preview"}
    for page in ["change", "side_by_side"]:
        html = editor.post(url(page, info), typed).content.decode()
        assert "<h2>Ny overskrift</h2>" in html
        assert "<strong>oss</strong>" in html
        assert "## Ny overskrift" in html
        assert "errornote" not in html
    assert text(info).body == "## jobs"


def test_the_preview_follows_while_somebody_types(editor: Client, gol: Municipality) -> None:
    hard = "Kommunestyret fastsetter forskriftsbestemmelser vedrørende saksbehandlingsrutinenes gjennomføring. " * 3
    html = editor.post(reverse("admin:pages_preview"), {"body": hard, "language": "nb"}).content.decode()
    assert "LIX" in html
    assert "Make the sentences shorter" in html
    assert editor.get(reverse("admin:pages_preview")).status_code == 405
    analyst = client_of(StaffRoleFactory(municipality=gol, role=Role.ANALYST).user)
    assert analyst.post(reverse("admin:pages_preview"), {"body": "x"}).status_code == 403
    assert client_of(None).post(reverse("admin:pages_preview"), {"body": "x"}).status_code == 302


def test_scripts_never_come_out(editor: Client, info: ServiceInfo) -> None:
    shown = editor.post(reverse("admin:pages_preview"), {"body": SCRIPTS, "language": "nb"}).content.decode()
    assert editor.post(url("change", info), WORDS | {"state": "published", "body": SCRIPTS}).status_code == 302
    for html in [shown, public()]:
        assert "<script>alert" not in html
        assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
        assert "<img src=x" not in html
        assert "x.example" not in html.replace("http://x.example/p.png)", "")
    versions = editor.get(url("versions", info)).content.decode()
    assert "<script>alert" not in versions


# --- Versions ---


def test_versions_say_who_what_and_how_they_differ(editor: Client, info: ServiceInfo) -> None:
    editor.post(url("change", info), WORDS | {"state": "published", "body": "Ring oss i dag."})
    editor.post(url("change", info), WORDS | {"state": "published", "body": "Ring oss i morgen."})
    editor.post(url("change", info), WORDS | {"state": "draft", "body": "Ring oss i morgen."})
    answer = editor.get(url("versions", info))
    assert [row.change.value for row in answer.context["versions"]] == ["withdrawn", "reworded", "reworded", "written"]
    html = answer.content.decode()
    assert "Eva Redaktør" in html
    assert "The same in both." in html
    rows = list(answer.context["versions"])
    html = editor.get(url("versions", info, f"?old={rows[2].pk}&new={rows[1].pk}")).content.decode()
    assert "dag" in html.split("<del>")[1].split("</del>")[0]
    assert "morgen" in html.split("<ins>")[1].split("</ins>")[0]


def test_the_line_ends_a_browser_sends_are_no_change(editor: Client, info: ServiceInfo) -> None:
    editor.post(url("change", info), WORDS | {"state": "published", "body": "En.\n\nTo."})
    version = text(info).version
    editor.post(url("change", info), WORDS | {"state": "published", "body": "En.\r\n\r\nTo."})
    assert (text(info).body, text(info).version) == ("En.\n\nTo.", version)


def test_a_restored_text_is_a_new_version(editor: Client, info: ServiceInfo) -> None:
    editor.post(url("change", info), WORDS | {"state": "published", "body": "Ny tekst."})
    first = text(info).history.last()
    assert editor.get(url("restore", info)).status_code == 405
    assert editor.post(url("restore", info), {"language": "nb", "version": first.pk}).status_code == 302
    restored = text(info)
    assert (restored.body, restored.version, restored.state) == ("## jobs", 3, "published")
    assert restored.history.count() == 3
    assert "earlier version restored" in editor.get(url("versions", info)).content.decode()


def test_a_version_of_another_text_is_not_there(editor: Client, info: ServiceInfo, gol: Municipality) -> None:
    other = text(ServiceInfoFactory(municipality=gol, topic="library")).history.first()
    english = text(info, "en").history.first()
    for version in [other.pk, english.pk, "", "x", "9" * 30, "-1"]:
        assert editor.post(url("restore", info), {"language": "nb", "version": version}).status_code == 404
    assert editor.get(url("versions", info, f"?old={other.pk}")).status_code == 404


def test_pages_about_a_text_are_for_its_own_editors(info: ServiceInfo) -> None:
    aal = MunicipalityFactory(aal=True)
    strangers = [StaffRoleFactory(municipality=aal, role=Role.EDITOR).user]
    strangers.append(StaffRoleFactory(municipality=info.municipality, role=Role.HOUSING_OFFICER).user)
    version = text(info).history.first().pk
    for user in strangers:
        client = client_of(user)
        for page in ["versions", "side_by_side", "origin"]:
            assert client.get(url(page, info)).status_code == 404, page
            assert client.post(url(page, info), {"title": "X"}).status_code in {404, 405}
        assert client.post(url("restore", info), {"language": "nb", "version": version}).status_code == 404
    assert text(info).version == 1
    for name in ["pages_gaps", "pages_changes", "pages_copy"]:
        assert client_of(strangers[1]).get(reverse(f"admin:{name}")).status_code == 403


def test_who_changed_what_is_told_of_ones_own_town(editor: Client, info: ServiceInfo) -> None:
    other = ArticleFactory(municipality=MunicipalityFactory(aal=True))
    article = ArticleFactory(municipality=info.municipality)
    editor.post(url("change", info), WORDS | {"state": "published", "title": "Sist endret"})
    answer = editor.get(reverse("admin:pages_changes"))
    entries = [row["entry"] for row in answer.context["rows"]]
    assert (entries[0].title, entries[0].by, entries[0].change) == ("Sist endret", "Eva Redaktør", "reworded")
    pages = {entry.page_id for entry in entries}
    assert pages == {info.pk, article.pk}
    assert other.pk not in pages
    assert editor.get(reverse("admin:pages_changes"), {"page": "x'"}).status_code == 200


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new
    assert all(a.kind != b.kind for a, b in zip(pieces, pieces[1:], strict=False))


def test_very_long_texts_differ_too() -> None:
    old, new = "ord " * (MOST_WORDS * 5), "andre " * (MOST_WORDS * 5)
    assert [piece.kind for piece in difference(old, new)] == ["removed", "added"]


# --- Languages side by side ---


def test_a_translation_is_outdated_when_its_source_changes_and_saving_mends_it(
    editor: Client, info: ServiceInfo
) -> None:
    beside, words = url("side_by_side", info, "?from=nb&to=en"), WORDS | {"state": "published"}
    assert editor.post(beside, words | {"title": "Work"}).status_code == 302
    assert (text(info, "en").source_language, text(info, "en").source_version) == ("nb", 1)
    editor.post(url("change", info), words | {"title": "Nytt arbeid"})
    assert "The source has changed since" in editor.get(beside).content.decode()
    assert editor.get("/admin/pages/serviceinfo/?texts=outdated").context["cl"].queryset.get() == info
    assert editor.post(beside, words | {"title": "New work"}).status_code == 302
    assert text(info, "en").source_version == 2
    assert "The source has changed since" not in editor.get(beside).content.decode()


def test_a_translation_can_be_found_up_to_date(editor: Client, info: ServiceInfo) -> None:
    beside = url("side_by_side", info, "?from=nb&to=en")
    editor.post(beside, WORDS | {"state": "published", "title": "Work"})
    editor.post(url("change", info), WORDS | {"state": "published", "body": "Skrivefeil rettet."})
    before = text(info, "en")
    assert editor.post(beside, {"up_to_date": "1"}).status_code == 302
    after = text(info, "en")
    assert (after.source_version, after.title, after.version) == (2, "Work", before.version)
    assert after.history.first().history_change_reason == "checked"


def test_a_wrong_translation_is_given_back_with_what_was_typed(editor: Client, info: ServiceInfo) -> None:
    answer = editor.post(url("side_by_side", info), WORDS | {"state": "published", "title": "", "body": "Mange ord."})
    assert answer.status_code == 200
    assert "Mange ord." in answer.content.decode()
    assert answer.context["form"].errors


@pytest.mark.parametrize("factory", [StepFactory, ContactPointFactory])
def test_steps_and_contact_points_have_two_languages_too(editor: Client, gol: Municipality, factory: Any) -> None:
    page = factory(municipality=gol)
    words = {"title": "Meld flytting", "text": "Innen åtte dager.", "name": "Biblioteket", "opening_hours": "9-15"}
    assert editor.get(url("side_by_side", page)).status_code == 200
    assert editor.post(url("side_by_side", page, "?from=nb&to=nn"), words).status_code == 302
    saved = text(page, "nn")
    assert getattr(saved, "title", None) or saved.name in words.values()


def test_the_report_shows_every_gap_and_its_figures(editor: Client, gol: Municipality) -> None:
    info = ServiceInfoFactory(municipality=gol, topic="jobs")
    article = ArticleFactory(municipality=gol)
    ContactPointFactory(municipality=gol)
    StepFactory(municipality=gol)
    info.translations.filter(language_code="nn").delete()
    type(text(article)).objects.filter(master=article, language_code="en").update(state="draft")
    text(info, "en").__class__.objects.filter(master=info, language_code="en").update(
        source_language="nb", source_version=0
    )
    found = gaps(gol)
    assert [dict(gap.cells) for gap in found[:2]] == [
        {"nb": "published", "nn": "missing", "en": "outdated"},
        {"nb": "published", "nn": "published", "en": "draft"},
    ]
    figures = {figure.language: (figure.shown, figure.outdated, figure.total) for figure in coverage(found)}
    assert figures == {"nb": (4, 0, 4), "nn": (3, 0, 4), "en": (3, 1, 4)}
    html = editor.get(reverse("admin:pages_gaps")).content.decode()
    assert f"{url('side_by_side', info)}?from=nb&amp;to=nn" in html
    assert "75 %" in html
    rows = editor.get(reverse("admin:pages_gaps"), {"show": "gaps"}).context["rows"]
    assert [row["gap"].pk for row in rows] == [info.pk, article.pk]


# --- Contact points, the look ---


def test_a_contact_point_says_where_it_is_used(editor: Client, gol: Municipality) -> None:
    desk = ContactPointFactory(municipality=gol, code="library")
    info = ServiceInfoFactory(municipality=gol, topic="library", contacts=[desk])
    ArticleFactory(municipality=gol).contacts.add(desk)
    html = editor.get(url("change", desk)).content.decode()
    assert "Used in 2 places" in html
    assert url("change", info) in html
    assert editor.get(reverse("admin:pages_contactpoint_changelist")).context["cl"].queryset.get().used_in == 2
    assert ContactPoint.objects.count() == 1


def test_a_theme_is_chosen_among_those_there_are(editor: Client, gol: Municipality) -> None:
    add = reverse("admin:pages_sitelook_add")
    html = editor.get(add).content.decode()
    assert all(f'value="{code}"' in html for code, _name in THEMES)
    assert editor.post(add, {"municipality": gol.pk, "theme": "glitter"}).status_code == 200
    assert editor.post(add, {"municipality": gol.pk, "theme": THEMES[-1][0]}).status_code == 302
    assert SiteLook.objects.get().theme == THEMES[-1][0]


def test_the_hour_is_norwegian(editor: Client, info: ServiceInfo) -> None:
    typed = WORDS | {"state": "published", "publish_at": "2026-12-24T08:00"}
    editor.post(url("change", info), typed)
    assert timezone.localtime(text(info).publish_at) == datetime(
        2026, 12, 24, 8, tzinfo=timezone.get_default_timezone()
    )
