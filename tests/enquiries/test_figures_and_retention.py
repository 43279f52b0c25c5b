"""How well it goes, and what is forgotten."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from portal import registry
from portal.enquiries import services
from portal.enquiries.figures import EnquiryFigures, figures
from portal.enquiries.models import Enquiry, Remark
from portal.enquiries.remarks import close
from portal.enquiries.retention import forget
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from portal.registry import Period
from tests.conftest import TODAY
from tests.enquiries.factories import asked, remarked
from tests.factories import MunicipalityFactory, StaffRoleFactory, UserFactory

START = date(2026, 11, 2)  # a Monday; the promise is three working days


def question(gol: Municipality, *, after: int | None, helped: bool | None = None) -> Enquiry:
    """Asked on the Monday, answered so many days after."""
    enquiry = asked(gol, on=START)
    if after is not None:
        services.answer(enquiry=enquiry, text="Yes.", by=None, on=START + timedelta(days=after))
    if helped is not None:
        services.judge(enquiry=enquiry, answer=1, helped=helped, missing="", on=START + timedelta(days=30))
    return enquiry


def test_the_figures_of_a_period(gol: Municipality) -> None:
    # Answered after 1, 2, 3 (in time), 4 and 9 calendar days (the weekend between), and one not at all.
    for after, helped in [(1, True), (2, True), (3, True), (4, False), (9, None), (None, None)]:
        question(gol, after=after, helped=helped)
    services.drop(enquiry=asked(gol, on=START), on=START)
    asked(MunicipalityFactory(aal=True), on=START)
    asked(gol, on=START - timedelta(days=1))
    found = figures(gol, start=START, until=date(2026, 11, 30), on=date(2026, 11, 30))
    assert found == EnquiryFigures(count=6, median_working_days=3.0, share_in_time=0.5, share_answered_you=None)
    question(gol, after=1, helped=False)
    assert figures(gol, start=START, until=date(2026, 11, 30), on=date(2026, 11, 30)).share_answered_you == 0.6


def test_too_few_say_nothing(gol: Municipality) -> None:
    assert figures(gol, start=START, until=TODAY, on=TODAY) == EnquiryFigures(0, None, None, None)
    for _number in range(4):
        question(gol, after=1, helped=True)
    assert figures(gol, start=START, until=TODAY, on=TODAY) == EnquiryFigures(4, None, None, None)
    analyst = StaffRoleFactory(user=UserFactory(), municipality=gol, analyst=True).user
    assert "fewer than 5" in str(registry.figures(analyst, [gol], TODAY))


def test_an_answer_that_did_not_help_keeps_its_no_until_they_say_yes(gol: Municipality) -> None:
    enquiry = question(gol, after=1, helped=False)
    services.answer(enquiry=enquiry, text="Better?", by=None, on=TODAY)
    assert Enquiry.objects.get().answered_you is False
    services.judge(enquiry=enquiry, answer=2, helped=True, missing="", on=TODAY)
    assert Enquiry.objects.get().answered_you is True


def test_what_is_not_due_yet_is_not_late(gol: Municipality) -> None:
    for _number in range(5):
        question(gol, after=1)
    asked(gol, on=TODAY)
    assert figures(gol, start=START, until=TODAY, on=TODAY).share_in_time == 1.0
    assert figures(gol, start=START, until=date(2026, 12, 31), on=TODAY).share_in_time == 1.0


def test_what_waits_too_long_is_late_also_when_the_period_ended_before_its_day(gol: Municipality) -> None:
    for _number in range(4):
        question(gol, after=1)
    asked(gol, on=START)
    assert figures(gol, start=START, until=START, on=TODAY).share_in_time == 0.8


def test_the_office_and_those_who_see_figures_only_read_them(gol: Municipality) -> None:
    for _number in range(6):
        question(gol, after=1, helped=True)
    analyst = StaffRoleFactory(user=UserFactory(), municipality=gol, analyst=True).user
    assert "6, 100 % answered in time, half of them within 1 working days" in [
        figure.value for figure in registry.figures(analyst, [gol], TODAY)
    ]
    found = registry.site_figures(gol, Period(START, TODAY, TODAY))["enquiries"]
    assert {number.key: number.value for number in found.numbers} == {
        "count": 6, "median_working_days": 1.0, "share_in_time": 1.0, "share_answered_you": 1.0,
    }  # fmt: skip


# --- Forgetting ---


def report(*options: str) -> dict[str, int]:
    out = io.StringIO()
    call_command("forgetenquiries", "--json", *options, stdout=out)
    found: dict[str, int] = json.loads(out.getvalue())
    return found


def test_a_year_after_the_end_texts_and_names_are_gone_and_figures_stay(gol: Municipality) -> None:
    enquiry = question(gol, after=1, helped=False)
    services.answer(enquiry=enquiry, text="At ten.", by=None, on=START)
    remark = remarked(gol, on=START)
    close(remark=remark, to="mended", by=None, on=START)
    waiting = asked(gol, on=START)
    before = figures(gol, start=START, until=TODAY, on=TODAY)
    assert report("--date", "2027-11-01") == {"questions": 0, "remarks": 0}
    assert report("--date", "2027-11-02", "--dry-run") == {"questions": 1, "remarks": 1}
    assert Message.objects.filter(recipient=enquiry.email).count() == 3
    assert report("--date", "2027-11-02") == {"questions": 1, "remarks": 1}
    assert report("--date", "2027-11-03") == {"questions": 0, "remarks": 0}

    empty = Enquiry.objects.values().get(pk=enquiry.pk)
    assert {empty[name] for name in ("question", "name", "email", "answer", "missing", "page", "search")} == {""}
    assert not Message.objects.filter(recipient=enquiry.email).exists()
    assert Remark.objects.get().text == ""
    assert Enquiry.objects.get(pk=waiting.pk).question
    assert Message.objects.filter(recipient=waiting.email).exists()
    assert figures(gol, start=START, until=TODAY, on=TODAY) == before


def test_what_was_asked_again_is_kept(gol: Municipality) -> None:
    question(gol, after=1, helped=False)
    assert forget(on=date(2030, 1, 1)) == {"questions": 0, "remarks": 0}


def test_many_are_forgotten_in_batches(gol: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.enquiries.retention.BATCH", 2)
    for _number in range(5):
        question(gol, after=1)
    assert forget(on=date(2028, 1, 1))["questions"] == 5
