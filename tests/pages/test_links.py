"""Links: gathered from what is published, asked once a day and never inside the house, broken after two bad days."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages import links, web
from portal.pages.enums import LinkProblem, PublishState, Situation, Topic
from portal.pages.links import broken_links_of, check_links, links_in
from portal.pages.models import Article, Link, Step
from tests.access.cast import client_of
from tests.factories import ContactPointFactory, MunicipalityFactory, ServiceInfoFactory, StaffRoleFactory, UserFactory
from tests.pages.web_server import WebServer, serve

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def site(settings: Any) -> Iterator[WebServer]:
    settings.LINKS_MAY_BE_LOCAL = True
    settings.LINK_SECONDS = 1
    with serve() as server:
        yield server


@pytest.fixture
def gol(db: None) -> Municipality:
    return MunicipalityFactory(gol=True)


def text(gol: Municipality, body: str, topic: str = Topic.JOBS, **fields: Any) -> Any:
    info = ServiceInfoFactory(municipality=gol, topic=topic, texts={"nb": {"title": "T", "summary": "S", "body": body}})
    info.translations.update(**fields)
    return info


def urls() -> set[str]:
    return set(Link.objects.values_list("url", flat=True))


# --- Asking ---


@pytest.mark.parametrize(
    ("path", "status", "problem"),
    [("/well", 200, ""), ("/moved", 200, ""), ("/gone", 404, LinkProblem.GONE), ("/removed", 410, LinkProblem.GONE),
     ("/moved-to-gone", 404, LinkProblem.GONE), ("/error", 500, LinkProblem.ERROR), ("/refused", 403, ""),
     ("/later", 429, ""), ("/no-head-405", 200, ""), ("/no-head-403", 200, ""), ("/no-head-501", 200, ""),
     ("/no-head-404", 200, ""), ("/1", 200, ""), ("/0", 302, LinkProblem.REDIRECTS),
     ("/loop", 302, LinkProblem.REDIRECTS), ("/to-file", 302, LinkProblem.REDIRECTS),
     ("/slow", None, LinkProblem.TIMEOUT),
     ("/nonsense", None, LinkProblem.NO_ANSWER)],
)  # fmt: skip
def test_each_answer_is_understood(site: WebServer, path: str, status: int | None, problem: str) -> None:
    assert web.look(site.address + path) == web.Answer(status, problem)


def test_we_say_who_we_are_and_ask_for_the_head_alone(site: WebServer, settings: Any) -> None:
    settings.SITE_URL = "https://velkommen.gol.example"
    web.look(f"{site.address}/well")
    assert site.asked == [("HEAD", "/well", "Bli her link check (+https://velkommen.gol.example)")]


def test_who_does_not_listen_or_does_not_exist(settings: Any) -> None:
    settings.LINKS_MAY_BE_LOCAL = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/"
        assert web.look(address).problem == LinkProblem.NO_ANSWER
    assert web.look("http://no-such-place.invalid/").problem == LinkProblem.UNKNOWN_HOST
    assert web.look(f"http://{'x' * 70}.example/").problem == LinkProblem.UNKNOWN_HOST


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1",
     "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fc00::1]", "[2002:7f00:1::]",
     "224.0.0.1"],
)  # fmt: skip
def test_nothing_inside_the_house_is_asked(host: str) -> None:
    answer = web.look(f"http://{host}:9/")
    assert answer.status is None
    assert answer.problem in {LinkProblem.NOT_PUBLIC, LinkProblem.UNKNOWN_HOST}


def test_a_redirect_does_not_lead_into_the_house(site: WebServer, settings: Any, monkeypatch: Any) -> None:
    """The first address is let in, as a public one would be; where it sends us is looked at again."""
    looked: list[str] = []

    def only_the_first(number: str) -> bool:
        looked.append(number)
        return len(looked) == 1

    settings.LINKS_MAY_BE_LOCAL = False
    monkeypatch.setattr(web, "_is_public", only_the_first)
    assert web.look(f"{site.address}/moved").problem == LinkProblem.NOT_PUBLIC
    assert site.paths() == ["/moved"]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: Any) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 80)) for number in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    assert web.look("http://two-faced.example/").problem == LinkProblem.NOT_PUBLIC


# --- Gathering ---


def test_links_are_read_as_readers_see_them() -> None:
    markdown = """
See [one](https://a.example/1 "title"), <https://b.example/2> and [three][t] in **[four](HTTPS://C.example/4#part)**.

`[no](https://code.example/)` [mail](mailto:a@a.example) [call](tel:00000001) [here](/nb/gol/) ![p](https://p.example/x)

- [æ](https://d.example/å?x=ø&y=1)

[t]: https://a.example/3
"""
    assert set(links_in(markdown)) == {
        "https://a.example/1", "https://b.example/2", "https://a.example/3", "https://C.example/4",
        "https://d.example/%C3%A5?x=%C3%B8&y=1",
    }  # fmt: skip


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["[a](", "http://", "https://x.example/", ")", "<", ">", "\n", "["])).map("".join)
)
def test_whatever_is_written_gives_web_addresses_or_nothing(markdown: str) -> None:
    for url in links_in(markdown):
        assert url.lower().startswith(("http://", "https://"))
        assert url.isascii()


def test_links_come_from_all_that_is_published_and_go_with_it(
    gol: Municipality, site: WebServer, settings: Any
) -> None:
    at = site.address
    settings.SITE_URL = "https://velkommen.gol.example"
    info = text(gol, f"[a]({at}/well) [own](https://velkommen.gol.example/nb/gol/) [b]({at}/moved#x)")
    text(gol, f"[draft]({at}/draft)", Topic.SHOPS, state=PublishState.DRAFT)
    article = Article.objects.create(municipality=gol, kind="news", slug="snow")
    article.translations.create(language_code="pl", title="T", summary="S", body=f"<{at}/article>")
    Step.objects.create(municipality=gol, situation=Situation.MOVED, url=f"{at}/step")
    ContactPointFactory(municipality=gol, website=f"{at}/desk")
    report = check_links(now=NOON)
    assert urls() == {f"{at}{path}" for path in ("/well", "/moved", "/article", "/step", "/desk")}
    assert (report.links, report.added, report.dropped, report.checked, report.failed) == (5, 5, 0, 5, 3)
    info.translations.update(body=f"[c]({at}/well)")
    report = check_links(now=NOON)
    assert (report.links, report.added, report.dropped, report.checked) == (4, 0, 1, 0)
    assert f"{at}/moved" not in urls()


def test_an_address_of_several_municipalities_is_asked_once(gol: Municipality, site: WebServer) -> None:
    aal = MunicipalityFactory(aal=True)
    for town in (gol, aal, MunicipalityFactory(hemsedal=True, switched_off=True)):
        text(town, f"[a]({site.address}/well)")
    report = check_links(now=NOON)
    assert (report.links, report.checked) == (2, 1)
    assert site.paths() == ["/well"]
    assert Link.objects.filter(status=200, checked_at=NOON).count() == 2


def test_each_is_asked_at_most_once_a_day_and_the_longest_unasked_first(gol: Municipality, site: WebServer) -> None:
    text(gol, " ".join(f"[{n}]({site.address}/no-head-40{n})" for n in range(4)))
    assert [check_links(now=NOON, limit=3).checked for _run in range(3)] == [3, 1, 0]
    site.asked.clear()
    first = Link.objects.get(url__endswith="2")
    Link.objects.exclude(pk=first.pk).update(checked_at=NOON + timedelta(hours=1))
    assert check_links(now=NOON + DAY, limit=1).checked == 1
    assert set(site.paths()) == {"/no-head-402"}


# --- Broken ---


def test_a_link_is_broken_after_two_bad_days_and_well_after_one_good(gol: Municipality, site: WebServer) -> None:
    info = text(gol, f"[a]({site.address}/well)")
    check_links(now=NOON)
    site.answers["/well"] = 500
    for days, since in [(1, None), (2, date(2026, 11, 23)), (3, date(2026, 11, 23))]:
        report = check_links(now=NOON + days * DAY)
        link = Link.objects.get()
        assert (link.broken_since, link.problem, report.broken) == (since, LinkProblem.ERROR, since is not None)
    assert broken_links_of(info) == [link]
    site.answers["/well"] = 200
    check_links(now=NOON + 4 * DAY)
    link.refresh_from_db()
    assert (link.broken_since, link.problem, link.status) == (None, "", 200)
    assert broken_links_of(info) == []


def test_a_bad_day_between_good_ones_breaks_nothing(gol: Municipality, site: WebServer) -> None:
    text(gol, f"[a]({site.address}/well)")
    for days, status in enumerate([500, 200, 500, 200]):
        site.answers["/well"] = status
        assert check_links(now=NOON + days * DAY).broken == 0


def test_looking_again_on_the_same_day_breaks_nothing(gol: Municipality, site: WebServer) -> None:
    text(gol, f"[a]({site.address}/gone)")
    check_links(now=NOON)
    link = Link.objects.get()
    assert links.check_again([str(link.pk)], now=NOON + timedelta(hours=2)) == 1
    link.refresh_from_db()
    assert (link.broken_since, link.checked_at) == (None, NOON + timedelta(hours=2))
    links.check_again([str(link.pk)], now=NOON + DAY)
    link.refresh_from_db()
    assert link.broken_since == date(2026, 11, 22)


def test_every_kind_of_row_knows_its_broken_links(gol: Municipality) -> None:
    Link.objects.create(municipality=gol, url="https://a.example/", broken_since=date(2026, 11, 1))
    Link.objects.create(municipality=MunicipalityFactory(aal=True), url="https://b.example/", broken_since=NOON.date())
    Link.objects.create(municipality=gol, url="https://c.example/")
    body = "[a](https://a.example/) [b](https://b.example/) [c](https://c.example/)"
    rows = [
        text(gol, body), ContactPointFactory(municipality=gol, website="https://a.example/"),
        Step.objects.create(municipality=gol, situation=Situation.MOVED, url="https://a.example/#top"),
    ]  # fmt: skip
    assert [[link.url for link in broken_links_of(row)] for row in rows] == [["https://a.example/"]] * 3
    assert broken_links_of(ContactPointFactory(municipality=gol)) == []


# --- Command and office ---


def test_the_command_reports_and_a_dry_run_asks_nobody(gol: Municipality, site: WebServer, capsys: Any) -> None:
    text(gol, f"[a]({site.address}/gone) [b]({site.address}/well)")
    call_command("checklinks", "--municipality", "3324", "--dry-run", "--json")
    expected = {"links": 2, "added": 2, "dropped": 0, "checked": 2, "failed": 0, "broken": 0}
    assert json.loads(capsys.readouterr().out) == expected
    assert not site.asked
    assert not Link.objects.exists()
    call_command("checklinks", "--limit", "1", "--json")
    assert json.loads(capsys.readouterr().out)["checked"] == 1
    with pytest.raises(CommandError, match="no municipality"):
        call_command("checklinks", "--municipality", "9999")


def editor_of(gol: Municipality) -> Client:
    user = UserFactory(language="en")
    StaffRoleFactory(user=user, municipality=gol, role=Role.EDITOR)
    return client_of(user)


def test_the_office_sees_what_is_broken_since_when_and_where_it_stands(gol: Municipality) -> None:
    info = text(gol, "[a](https://a.example/)")
    desk = ContactPointFactory(municipality=gol, website="https://a.example/")
    link = Link.objects.create(
        municipality=gol, url="https://a.example/", problem=LinkProblem.GONE, broken_since=date(2026, 11, 1)
    )
    Link.objects.create(municipality=gol, url="https://well.example/", status=200)
    client = editor_of(gol)
    html = client.get(reverse("admin:pages_link_changelist"), {"answer": "broken"}).content.decode()
    assert "The page is not there any more." in html
    assert "1 November 2026" in html
    assert "well.example" not in html
    for address in (f"/admin/pages/serviceinfo/{info.pk}/change/", f"/admin/pages/contactpoint/{desk.pk}/change/"):
        assert address in html
        assert address in client.get(reverse("admin:pages_link_change", args=[link.pk])).content.decode()


def test_a_broken_link_is_named_on_the_page_where_it_is_mended(gol: Municipality) -> None:
    rows = [
        text(gol, "[a](https://a.example/)"), ContactPointFactory(municipality=gol, website="https://a.example/"),
        Step.objects.create(municipality=gol, situation=Situation.MOVED, url="https://a.example/"),
    ]  # fmt: skip
    link = Link.objects.create(municipality=gol, url="https://a.example/")
    client = editor_of(gol)
    for since, is_named in [(None, False), (date(2026, 11, 1), True)]:
        Link.objects.update(broken_since=since)
        for row in rows:
            page = client.get(reverse(f"admin:pages_{row._meta.model_name}_change", args=[row.pk])).content.decode()
            assert (f"/admin/pages/link/{link.pk}/change/" in page) == is_named


def test_nobody_writes_a_link_by_hand(gol: Municipality) -> None:
    link = Link.objects.create(municipality=gol, url="https://a.example/")
    client = editor_of(gol)
    assert client.get(reverse("admin:pages_link_add")).status_code == 403
    assert (
        client.post(reverse("admin:pages_link_change", args=[link.pk]), {"url": "https://b.example/"}).status_code
        == 403
    )
    assert client.post(reverse("admin:pages_link_delete", args=[link.pk]), {"post": "yes"}).status_code == 403
    assert urls() == {"https://a.example/"}


@pytest.mark.django_db
def test_staff_look_again_at_once(gol: Municipality, site: WebServer, django_capture_on_commit_callbacks: Any) -> None:
    text(gol, f"[a]({site.address}/well)")
    link = Link.objects.create(
        municipality=gol, url=f"{site.address}/well", problem=LinkProblem.ERROR, broken_since=date(2026, 11, 1)
    )
    with django_capture_on_commit_callbacks(execute=True):
        data = {"action": "check_again", "_selected_action": [link.pk]}
        assert editor_of(gol).post(reverse("admin:pages_link_changelist"), data).status_code == 302
    link.refresh_from_db()
    assert (link.broken_since, link.problem) == (None, "")
