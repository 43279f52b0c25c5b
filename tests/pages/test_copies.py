"""Pages of another municipality: copied as drafts, remembered, told of when they change."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.copies import changed_at_origin, copy_pages
from portal.pages.models import ServiceInfo
from tests.access.cast import client_of
from tests.factories import (
    ArticleFactory,
    ContactPointFactory,
    MunicipalityFactory,
    ServiceInfoFactory,
    StaffRoleFactory,
    StepFactory,
)
from tests.pages.factories import make_picture


@pytest.fixture
def gol(db: None) -> Municipality:
    return MunicipalityFactory(gol=True)


@pytest.fixture
def hemsedal(db: None) -> Municipality:
    return MunicipalityFactory(hemsedal=True)


@pytest.fixture
def info(gol: Municipality) -> ServiceInfo:
    """About jobs in Gol: English is made from bokmål, nynorsk is a draft."""
    desk = ContactPointFactory(municipality=gol)
    info = ServiceInfoFactory(municipality=gol, topic="jobs", contacts=[desk], picture=make_picture(gol))
    texts = info.translations
    texts.filter(language_code="nn").update(state="draft")
    texts.filter(language_code="en").update(source_language="nb", source_version=1)
    return info


@pytest.fixture
def editor(hemsedal: Municipality) -> Client:
    return client_of(StaffRoleFactory(municipality=hemsedal, role=Role.EDITOR).user)


def command(*args: str) -> Any:
    out = StringIO()
    call_command("copypages", "--from", "3324", "--to", "3326", "--json", *args, stdout=out)
    return json.loads(out.getvalue())


def reworded(info: ServiceInfo, body: str) -> None:
    text = info.translations.get(language_code="nb")
    text.body = body
    text.save()


def test_published_texts_become_drafts_that_know_their_origin(hemsedal: Municipality, info: ServiceInfo) -> None:
    report = command()
    assert (len(report["copied"]), report["texts"]) == (1, 2)
    copy = hemsedal.serviceinfos.get()
    texts = {text.language_code: text for text in copy.translations.all()}
    assert set(texts) == {"nb", "en"}
    assert {(text.state, text.origin_version, text.version) for text in texts.values()} == {("draft", 1, 1)}
    assert (texts["en"].source_language, texts["en"].source_version) == ("nb", 1)
    assert texts["nb"].history.get().history_change_reason == "copied"
    assert copy.origin == info
    assert copy.picture is None
    assert copy.verified_on is None
    assert not copy.contacts.exists()
    assert Client().get("/nb/hemsedal/topics/jobs/").status_code == 404


def test_it_may_run_twice_and_leaves_alone_what_is_there(hemsedal: Municipality, gol: Municipality, info: Any) -> None:
    own = ServiceInfoFactory(municipality=hemsedal, topic="library")
    ServiceInfoFactory(municipality=gol, topic="library")
    StepFactory(municipality=gol)
    ArticleFactory(municipality=gol, slug="nytt")
    first, second = command(), command()
    assert (len(first["copied"]), len(first["left_alone"])) == (3, 1)
    assert (second["copied"], len(second["left_alone"])) == ([], 4)
    assert own.translations.get(language_code="nb").title == "library (nb)"


def test_a_dry_run_says_the_same_and_changes_nothing(hemsedal: Municipality, info: ServiceInfo) -> None:
    told = command("--dry-run")
    assert not hemsedal.serviceinfos.exists()
    assert told == command()


def test_a_page_nobody_can_read_is_not_copied(hemsedal: Municipality, info: ServiceInfo) -> None:
    info.translations.update(state="draft")
    assert len(command()["unpublished"]) == 1
    assert not hemsedal.serviceinfos.exists()


def test_a_page_is_copied_whole_or_not_at_all(
    hemsedal: Municipality, gol: Municipality, info: ServiceInfo, monkeypatch: Any
) -> None:
    def fails(text: Any, *args: Any) -> None:
        if text.language_code == "en":
            raise RuntimeError

    monkeypatch.setattr("portal.pages.copies.save_text", fails)
    with pytest.raises(RuntimeError):
        copy_pages(source=gol, target=hemsedal, by=None)
    assert not hemsedal.serviceinfos.exists()


def test_a_command_that_cannot_be_done_says_why(gol: Municipality, capsys: Any) -> None:
    for args in [("3324", "3324"), ("3324", "9999"), ("9999", "3324")]:
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("copypages", "--from", args[0], "--to", args[1], "--json", stdout=out)
        assert json.loads(out.getvalue())["error"]


def test_an_editor_chooses_what_to_copy(editor: Client, gol: Municipality, hemsedal: Municipality, info: Any) -> None:
    other = ServiceInfoFactory(municipality=gol, topic="library")
    page = reverse("admin:pages_copy")
    assert "are not copied" in editor.get(page).content.decode()
    chosen = f"{page}?source={gol.pk}&target={hemsedal.pk}"
    assert str(info.pk) in editor.get(chosen).content.decode()
    assert not hemsedal.serviceinfos.exists()
    answer = editor.post(chosen, {"page": [info.pk, "x", "00000000-0000-0000-0000-000000000000"]}, follow=True)
    assert "1 page was copied" in answer.content.decode()
    assert hemsedal.serviceinfos.get().origin == info
    assert "you have this one" in editor.get(chosen).content.decode()
    assert other not in {copy.origin for copy in hemsedal.serviceinfos.all()}


def test_the_drafts_of_another_town_are_not_even_named(
    editor: Client, gol: Municipality, hemsedal: Municipality, info: ServiceInfo
) -> None:
    info.translations.filter(language_code="nn").update(title="Kommunen vurderer")
    draft = ServiceInfoFactory(municipality=gol, topic="library")
    draft.translations.update(state="draft", title="Biblioteket kan bli lagt ned")
    chosen = f"{reverse('admin:pages_copy')}?source={gol.pk}&target={hemsedal.pk}"
    for language in ("nn", "nb"):
        editor.cookies["language"] = language
        page = editor.get(chosen).content.decode()
        assert str(info.pk) in page
        assert "Kommunen vurderer" not in page
        assert "Biblioteket kan bli lagt ned" not in page


def test_nothing_is_copied_into_a_town_of_others(editor: Client, gol: Municipality, info: ServiceInfo) -> None:
    aal = MunicipalityFactory(aal=True)
    answer = editor.post(f"{reverse('admin:pages_copy')}?source={gol.pk}&target={aal.pk}", {"page": [info.pk]})
    assert answer.status_code == 200
    assert not aal.serviceinfos.exists()


def test_a_change_at_the_origin_is_told_and_its_text_can_be_taken(
    editor: Client, hemsedal: Municipality, info: ServiceInfo
) -> None:
    command()
    copy = hemsedal.serviceinfos.get()
    assert changed_at_origin(copy) == []
    reworded(info, "Ny tekst fra Gol.")
    assert changed_at_origin(hemsedal.serviceinfos.get()) == ["nb"]
    change = reverse("admin:pages_serviceinfo_change", args=[copy.pk])
    assert "it has changed there" in editor.get(change).content.decode()
    assert "changed there" in editor.get(reverse("admin:pages_serviceinfo_changelist")).content.decode()
    origin = reverse("admin:pages_serviceinfo_origin", args=[copy.pk]) + "?language=nb"
    html = editor.get(origin).content.decode()
    assert "Gol" in html.split("<ins>")[-1]
    assert "jobs" in html.split("<del>")[-1]
    assert editor.post(origin, {"take": "1"}).status_code == 302
    text = copy.translations.get(language_code="nb")
    assert (text.body, text.state, text.origin_version, text.version) == ("Ny tekst fra Gol.", "draft", 2, 2)
    assert changed_at_origin(hemsedal.serviceinfos.get()) == []


def test_ours_can_be_kept(editor: Client, hemsedal: Municipality, info: ServiceInfo) -> None:
    command()
    reworded(info, "Ny tekst fra Gol.")
    copy = hemsedal.serviceinfos.get()
    copy.translations.update(state="published")
    origin = reverse("admin:pages_serviceinfo_origin", args=[copy.pk]) + "?language=nb"
    assert editor.post(origin, {"keep": "1"}).status_code == 302
    text = copy.translations.get(language_code="nb")
    assert (text.body, text.state, text.version) == ("## jobs", "published", 1)
    assert changed_at_origin(hemsedal.serviceinfos.get()) == []


def test_a_draft_of_the_origin_stays_its_own(editor: Client, hemsedal: Municipality, info: ServiceInfo) -> None:
    command()
    reworded(info, "Hemmelig utkast.")
    info.translations.filter(language_code="nb").update(state="draft")
    copy = hemsedal.serviceinfos.get()
    assert changed_at_origin(copy) == []
    origin = reverse("admin:pages_serviceinfo_origin", args=[copy.pk]) + "?language=nb"
    assert editor.get(origin).status_code == 404
    assert "Hemmelig" not in editor.get(origin.replace("nb", "en")).content.decode()
