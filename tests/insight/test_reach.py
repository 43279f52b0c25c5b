"""Whom we reach: who sees it, what is counted, and what is not shown."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from newcomers.enums import MoveReason, Residency
from newcomers.models import Household, Preferences, WayIn
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MunicipalityFactory, PersonFactory, StaffRoleFactory, UserFactory
from tests.hosting.factories import HostFactory, accepted, proposed
from welcome.insight.reach import Segments, _facts, last_day, report, start_of
from welcome.insight.segments import DIMENSIONS

pytestmark = pytest.mark.django_db
PAGE, FILE = "/admin/insight/reach/", "/admin/insight/reach.csv"


@pytest.fixture
def gol(monkeypatch: pytest.MonkeyPatch) -> Municipality:
    monkeypatch.setattr("portal.clock.today", lambda: TODAY)
    return MunicipalityFactory(gol=True)


def many(count: int, **given: Any) -> list[Household]:
    return [HouseholdFactory(**given) for _number in range(count)]


def staff(role: Role, municipality: Municipality | None) -> Client:
    client = client_of(StaffRoleFactory(user=UserFactory(language="en"), municipality=municipality, role=role).user)
    assert isinstance(client, Client)
    return client


def counted(place: Municipality, key: str, period: str = "12") -> dict[str, list[int | None]]:
    found = report([place], period, TODAY)
    (segments,) = [one for one in found.segments if one.key == key]
    with translation.override("en"):
        return of(segments)


def of(segments: Segments) -> dict[str, list[int | None]]:
    return {str(line.title): [count.value for count in line.counts] for line in segments.lines}


# --- Who ---


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.COORDINATOR, 200), (Role.SERVICE_OFFICER, 200), (Role.ANALYST, 200), (Role.EDITOR, 403),
     (Role.HOUSING_OFFICER, 403)],
)  # fmt: skip
def test_who_sees_figures_sees_it(gol: Municipality, role: Role, status: int) -> None:
    client = staff(role, gol)
    assert client.get(PAGE).status_code == status
    assert client.get(FILE).status_code == status
    assert (b"/admin/insight/reach/" in client.get("/admin/").content) is (status == 200)


def test_strangers_and_visitors_do_not(gol: Municipality, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    assert client_of(UserFactory()).get(PAGE).status_code == 404
    assert staff(Role.ANALYST, gol).post(PAGE).status_code == 405


def test_the_region_administrator_sees_each_and_all(gol: Municipality) -> None:
    aal = MunicipalityFactory(code="3328", name="Ål", slug="aal")
    region = staff(Role.REGION_ADMINISTRATOR, None)
    page = region.get(PAGE).content.decode()
    assert "Ål" in page
    assert "the whole region" in page
    assert region.get(PAGE, {"place": aal.code, "period": "24"}).status_code == 200


def test_the_municipality_next_door_is_not_to_be_chosen(gol: Municipality) -> None:
    aal = MunicipalityFactory(code="3328", name="Ål", slug="aal")
    many(6, municipality=aal)
    officer = staff(Role.ANALYST, gol)
    page = officer.get(PAGE, {"place": aal.code})
    assert b"All together" not in page.content
    assert officer.get(FILE, {"place": aal.code}).status_code == 400
    assert officer.get(FILE, {"place": "region"}).status_code == 200


# --- What ---


def test_each_household_stands_in_its_segments(gol: Municipality) -> None:
    many(6, municipality=gol, reason=MoveReason.WORK)
    many(7, municipality=gol, residency=Residency.PART_TIME, part_time_kind="cabin", language="ar")
    for household in many(8, municipality=gol, language="en", adults=0):
        PersonFactory(household=household, birth_year=1950)
        PersonFactory(household=household, birth_year=1990)
        PersonFactory(household=household, child=True, birth_year=2020)
    assert counted(gol, "situation")["lives here all year"][0] == 14
    assert counted(gol, "situation")["lives here a part of the year"][0] == 7
    assert counted(gol, "part_time")["we have a cabin or holiday home here"][0] == 7
    assert counted(gol, "part_time")["all year"][0] == 14
    assert counted(gol, "reason")["work"][0] == 6
    assert counted(gol, "reason")["not told"][0] == 15
    assert counted(gol, "age")["67 and over"][0] == 8
    assert counted(gol, "age")["35 to 49"][0] == 13
    assert counted(gol, "children")["with children"][0] == 8
    assert counted(gol, "language") == {
        "Norwegian or Sami": [6, *[None] * 4],
        "another Nordic language": [0, *[0] * 4],
        "English": [8, *[None] * 4],
        "another language": [7, *[None] * 4],
    }


def test_what_is_important_and_the_way_they_came(gol: Municipality) -> None:
    poster = WayIn.objects.create(municipality=gol, code="kiwi", name="=Kiwi")
    for household in many(6, municipality=gol, way_in=poster):
        Preferences.objects.create(household=household, important=["work", "live"])
    many(9, municipality=gol)
    assert sorted(row[0] or 0 for row in counted(gol, "important").values()) == [0, 0, 0, 6, 6]
    assert counted(gol, "way_in")["=Kiwi"][0] == 6
    file = staff(Role.ANALYST, gol).get(FILE).content.decode()
    assert "'=Kiwi" in file


def test_who_was_reached(gol: Municipality) -> None:
    followed = many(6, municipality=gol)
    many(6, municipality=gol, contacted_on=date(2026, 10, 5))
    for household in followed:
        accepted(host=HostFactory(municipality=gol), household=household)
    # Asked, and not answered yet.
    proposed(host=HostFactory(municipality=gol), household=HouseholdFactory(municipality=gol))
    found = report([gol], "12", TODAY)
    total = dict(zip([key for key, _title in found.columns], found.total.counts, strict=True))
    assert total["households"].value == 13
    assert total["host"].value == 6
    assert total["host"].share == pytest.approx(6 / 13)
    assert total["contact"].value == 6
    assert total["letter"].value is None
    assert total["package"].value is None
    assert [*total] == ["households", "contact", "letter", "package", "host"]


def test_protected_households_are_never_counted(gol: Municipality) -> None:
    many(8, municipality=gol)
    many(5, municipality=gol, restricted_household=True)
    assert report([gol], "12", TODAY).total.counts[0].value == 8


def test_the_period_decides(gol: Municipality) -> None:
    many(5, municipality=gol, moved_in_on=date(2026, 1, 1))
    many(6, municipality=gol, moved_in_on=date(2025, 12, 31))
    many(7, municipality=gol, moved_in_on=date(2024, 11, 1))
    many(8, municipality=gol, moved_in_on=date(2024, 10, 31))
    planning = many(9, municipality=gol, planning=True)
    told = datetime(2026, 5, 1, 12, tzinfo=ZoneInfo("Europe/Oslo"))
    Household.objects.filter(pk__in=[one.pk for one in planning]).update(created_at=told)
    numbers = [report([gol], period, TODAY).total.counts[0].value for period in ("year", "12", "24")]
    assert numbers == [14, 20, 27]
    assert last_day(TODAY) == date(2026, 10, 31)
    assert start_of("year", last_day(TODAY)) == date(2026, 1, 1)
    assert start_of("12", last_day(TODAY)) == date(2025, 11, 1)
    # In January the year is the one that has just ended.
    assert start_of("year", last_day(date(2027, 1, 15))) == date(2026, 1, 1)


def test_the_household_of_yesterday_changes_nothing_before_its_month_is_over(gol: Municipality) -> None:
    """The page of the day before, taken from the page of today, would tell all that is known of it."""
    many(20, municipality=gol)
    before = report([gol], "24", date(2026, 11, 1))
    HouseholdFactory(municipality=gol, moved_in_on=date(2026, 11, 3), language="ar", reason=MoveReason.FAMILY)
    HouseholdFactory(municipality=gol, planning=True)
    assert report([gol], "24", date(2026, 11, 30)) == before
    assert report([gol], "24", date(2026, 12, 1)) != before


def test_a_year_is_not_shown_when_the_twelve_months_tell_of_the_few_before_it(gol: Municipality) -> None:
    many(20, municipality=gol)
    many(2, municipality=gol, moved_in_on=date(2025, 12, 1))
    assert report([gol], "12", TODAY).total.counts[0].value == 22
    assert report([gol], "year", TODAY).total.counts[0].value is None
    many(3, municipality=gol, moved_in_on=date(2025, 11, 1))
    assert report([gol], "year", TODAY).total.counts[0].value == 20


# --- What is not shown ---


def test_few_are_said_in_words_on_the_page_and_in_the_file(gol: Municipality) -> None:
    many(20, municipality=gol, reason=MoveReason.WORK)
    many(3, municipality=gol, reason=MoveReason.FAMILY)
    many(10, municipality=gol, reason=MoveReason.PLACE)
    analyst = staff(Role.ANALYST, gol)
    page = analyst.get(PAGE).content.decode()
    assert "stands for fewer than five" in page
    assert page.count("<h1") == 1
    assert counted(gol, "reason")["family"][0] is None
    assert counted(gol, "reason")["the place and its surroundings"][0] is None
    assert counted(gol, "reason")["work"][0] == 20
    rows = list(csv.reader(io.StringIO(analyst.get(FILE).content.decode().lstrip("\ufeff")), delimiter=";"))
    (family,) = [row for row in rows if row[:2] == ["Reason for moving", "family"]]
    assert family[2:] == ["not shown"] * 5
    assert [row[2] for row in rows if row[1] == "all"] == ["33"]


def test_a_region_does_not_give_away_its_smallest_municipality(gol: Municipality) -> None:
    aal = MunicipalityFactory(code="3328", name="Ål", slug="aal")
    many(20, municipality=gol)
    many(3, municipality=aal)
    assert report([gol], "12", TODAY).total.counts[0].value == 20
    assert report([aal], "12", TODAY).total.counts[0].value is None
    assert report([gol, aal], "12", TODAY).total.counts[0].value is None


def test_a_region_shows_what_no_municipality_alone_can(gol: Municipality) -> None:
    others = [MunicipalityFactory(code=f"330{n}", name=f"By{n}", slug=f"by{n}") for n in range(3)]
    for place in others:
        many(4, municipality=place)
    many(20, municipality=gol)
    assert report([gol, *others], "24", TODAY).total.counts[0].value == 32


def test_nobody_came(gol: Municipality) -> None:
    assert b"Nobody came in this period" in staff(Role.ANALYST, gol).get(PAGE).content


def test_the_same_queries_for_few_and_for_many(gol: Municipality) -> None:
    analyst = staff(Role.ANALYST, gol)
    analyst.get(PAGE)
    numbers = []
    for count in (1, 60):
        many(count, municipality=gol)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert analyst.get(PAGE).status_code == 200
        numbers.append(len(caught))
    assert numbers[0] == numbers[1]


def test_the_list_of_households_divides_them_as_the_report_does(gol: Municipality) -> None:
    """A filter finds those of a group, and each household stands in one group of a filter."""
    for state, residency in [("considering", "full_time"), ("planning", "part_time"), ("moved_in", "part_time"),
                             ("settled", "full_time"), ("moved_away", "part_time")]:  # fmt: skip
        HouseholdFactory(state=state, residency=residency)
    for born in [[1900], [TODAY.year - 24], [TODAY.year - 25, 2000], [TODAY.year - 67, None], [None], []]:
        home = HouseholdFactory(adults=0)
        for year in born:
            PersonFactory(household=home, birth_year=year)
        PersonFactory(household=home, is_adult=False, name="", birth_year=2020)
    found = Household.objects.all()
    facts = dict(zip(found.values_list("pk", flat=True), _facts(found, [], TODAY), strict=True))
    for dimension in (one for one in DIMENSIONS if one.q):
        for row in dimension.rows:
            told = {pk for pk, of_one in facts.items() if row in dimension.rows_of(of_one)}
            assert set(found.filter(dimension.q(row, TODAY)).values_list("pk", flat=True)) == told, (dimension.key, row)
