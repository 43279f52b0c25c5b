"""Norway's municipalities and postcodes, their languages, roles by command, and the clock."""

from __future__ import annotations

import calendar
import io
import json
import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import get_language
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.accounts.models import User
from portal.clock import Quarter, add_months
from portal.municipalities.enums import Role, WrittenForm
from portal.municipalities.models import (
    RESERVED_SLUGS,
    Municipality,
    Postcode,
    StaffRole,
    default_languages,
    not_reserved,
)
from portal.urls import urlpatterns
from tests.factories import MunicipalityFactory, PostcodeFactory

COUNTED = {"municipalities": 357, "added": 357, "changed": 0, "postcodes": 5121}


def run(command: str, *arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


# --- Loading ---


@pytest.mark.django_db
def test_all_of_norway_is_loaded_and_twice_changes_nothing() -> None:
    assert run("loadmunicipalities") == COUNTED
    rows = list(Municipality.objects.order_by("pk").values())
    assert run("loadmunicipalities") == COUNTED | {"added": 0}
    assert list(Municipality.objects.order_by("pk").values()) == rows
    assert Postcode.objects.count() == 5121
    _slugs_can_stand_in_an_address()
    _facts_are_those_of_the_source()


def _slugs_can_stand_in_an_address() -> None:
    slugs = list(Municipality.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == 357
    assert not RESERVED_SLUGS & set(slugs)
    assert [slug for slug in slugs if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)] == []


def _facts_are_those_of_the_source() -> None:
    by_code = {m.code: m for m in Municipality.objects.all()}
    aal, gol, oslo = by_code["3328"], by_code["3324"], by_code["0301"]
    assert (aal.name, aal.slug, aal.written_form, aal.languages) == ("Ål", "aal", "nn", ["nn", "nb", "en"])
    assert (gol.slug, gol.written_form, gol.main_language) == ("gol", "nn", "nn")
    assert (oslo.slug, oslo.written_form, oslo.main_language) == ("oslo", "neutral", "nb")
    assert {m.written_form for m in by_code.values()} == set(WrittenForm.values)
    assert not any(m.is_active or m.is_demo for m in by_code.values())
    assert all(m.written_form != "nn" or m.main_language == "nn" for m in by_code.values())
    # Two municipalities share the name Herøy, and two Våler: both can be reached.
    for name in ("Herøy", "Våler"):
        assert len({m.slug for m in by_code.values() if m.name == name}) == 2
    place = Postcode.objects.select_related("municipality").get(code="3550")
    assert (place.city.casefold(), place.municipality) == ("gol", gol)
    assert Postcode.objects.filter(code__regex=r"^[0-9]{4}$").count() == 5121


@pytest.mark.django_db
def test_what_a_municipality_decided_itself_stays_and_facts_are_corrected() -> None:
    own = MunicipalityFactory(
        code="3324", name="Gool", slug="gol-i-hallingdal", county="Nowhere", written_form="nn", languages=["en"],
        website="", centre="", office_name="Torget", is_demo=False,
    )  # fmt: skip
    PostcodeFactory(code="3550", city="Gool", municipality=None)
    before = Municipality.objects.filter(pk=own.pk).values().get()
    assert run("loadmunicipalities") == COUNTED | {"added": 356, "changed": 1}
    after = Municipality.objects.filter(pk=own.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"name", "county", "centre", "website"}
    assert (after["name"], after["county"]) == ("Gol", "Buskerud")
    assert Postcode.objects.get(code="3550").municipality == own


@pytest.mark.django_db
def test_an_address_that_is_taken_is_not_given_again() -> None:
    MunicipalityFactory(code="9999", slug="gol")
    run("loadmunicipalities")
    assert Municipality.objects.get(code="3324").slug == "gol-3324"


@pytest.mark.django_db
def test_loading_takes_few_queries() -> None:
    with CaptureQueriesContext(connection) as queries:
        run("loadmunicipalities")
    assert len(queries) < 40


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_the_portals_own_addresses_are_no_slugs(slug: str) -> None:
    with pytest.raises(ValidationError):
        not_reserved(slug)
    not_reserved("gol")


def test_every_first_segment_of_the_portals_addresses_is_reserved() -> None:
    firsts = set()
    for pattern in urlpatterns:
        inner = getattr(pattern, "url_patterns", []) if "LocalePrefix" in repr(pattern.pattern) else [pattern]
        firsts |= {re.match(r"\^?([a-z]*)", str(p.pattern))[1] for p in [pattern, *inner]}  # type: ignore[index]
    assert firsts - {"", get_language()} <= RESERVED_SLUGS


# --- Languages ---

NB, NN, ALL = ["nb", "en"], ["nn"], ["nb", "nn", "en"]


@pytest.mark.parametrize(
    ("offered", "wanted", "nearest"),
    [(ALL, "nb", "nb"), (ALL, "nn", "nn"), (ALL, "en", "en"), (ALL, "no", "nb"), (["nn", "nb", "en"], "no", "nn"),
     (ALL, "pl", "en"), (ALL, "fr", "en"), (ALL, "", "nb"), (["nn", "nb"], "", "nn"),
     (NB, "nn", "nb"), (NB, "pl", "en"), (NN, "nb", "nn"), (NN, "pl", "nn"), (NN, "en", "nn"), (NN, "no", "nn"),
     (["nn", "en"], "nb", "nn"), ([], "pl", "pl"), ([], "fr", "en"),
     (["nb", "pl"], "pl", "pl"), ([], "", "nb"), (["nb"], "en", "nb")],
)  # fmt: skip
def test_the_nearest_language(offered: list[str], wanted: str, nearest: str) -> None:
    assert Municipality(languages=offered).nearest_language(wanted) == nearest


@given(st.permutations(ALL), st.integers(0, 3), st.text(max_size=8))
def test_the_nearest_language_is_always_one_that_is_offered(offered: list[str], number: int, wanted: str) -> None:
    languages = offered[:number]
    assert Municipality(languages=languages).nearest_language(wanted) in (languages or default_languages())


# --- Roles by command ---


@pytest.mark.django_db
def test_grantrole_makes_the_account_and_gives_the_role_once() -> None:
    first = run("grantrole", "Kari@Gol.Example", "--name", "Kari Nordmann")
    assert first == {"email": "kari@gol.example", "role": "region_administrator", "municipality": None, "added": True}
    assert run("grantrole", "kari@gol.example")["added"] is False
    user = User.objects.get()
    assert (user.name, user.has_usable_password(), StaffRole.objects.count()) == ("Kari Nordmann", False, 1)
    MunicipalityFactory(gol=True)
    run("grantrole", "kari@gol.example", "--role", "editor", "--municipality", "3324")
    assert set(user.staff_roles.values_list("role", flat=True)) == {Role.REGION_ADMINISTRATOR, Role.EDITOR}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["kari@gol.example", "--role", "editor"], "every other role needs --municipality"),
     (["kari@gol.example", "--municipality", "3324"], "has no municipality"),
     (["kari@gol.example", "--role", "editor", "--municipality", "9999"], "There is no municipality '9999'"),
     (["kari.gol.example"], "is not an e-mail address"),
     ([""], "is not an e-mail address")],
)  # fmt: skip
@pytest.mark.django_db
def test_grantrole_refuses_in_words_and_makes_nothing(arguments: list[str], words: str) -> None:
    MunicipalityFactory(gol=True)
    with pytest.raises(CommandError, match=words):
        call_command("grantrole", *arguments)
    assert not User.objects.exists()


# --- The clock ---


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_months_are_added_to_the_same_day_or_the_months_last(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == min(day.day, calendar.monthrange(found.year, found.month)[1])


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-60, 60))
def test_adding_months_keeps_the_order_of_days(one: date, other: date, months: int) -> None:
    earlier, later = sorted([one, other])
    assert add_months(earlier, months) <= add_months(later, months)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [("2026-08-31", -6, "2026-02-28"), ("2024-08-31", -6, "2024-02-29"), ("2024-02-29", 12, "2025-02-28"),
     ("2026-01-31", 1, "2026-02-28"), ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -1, "2025-12-15"),
     ("2026-11-22", 0, "2026-11-22"), ("2026-05-31", 1, "2026-06-30")],
)  # fmt: skip
def test_months_at_the_ends(day: str, months: int, found: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(found)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_each_day_lies_in_one_quarter_that_can_be_written_and_read(day: date) -> None:
    quarter = Quarter.of(day)
    assert day in quarter
    assert Quarter.parse(str(quarter)) == quarter
    assert add_months(day, 3) not in quarter
    assert Quarter.of(add_months(day, 3)) > quarter


@pytest.mark.parametrize("text", ["2026Q0", "2026Q5", "2026", "26Q4", "2026-Q4", "", "Q4", "2026Q44", "²⁰²⁶Q4"])
def test_what_is_no_quarter_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026Q4"):
        Quarter.parse(text)


def test_a_quarter_may_be_typed_small_and_with_spaces() -> None:
    assert Quarter.parse(" 2026q4 ") == Quarter(2026, 4)


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-11-21T22:59:59+00:00", "2026-11-21"), ("2026-11-21T23:00:00+00:00", "2026-11-22"),
     ("2026-06-30T22:00:00+00:00", "2026-07-01")],
)  # fmt: skip
def test_today_is_the_day_in_norway(monkeypatch: Any, moment: str, day: str) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(moment).astimezone(ZoneInfo("UTC")))
    assert clock.today() == date.fromisoformat(day)
