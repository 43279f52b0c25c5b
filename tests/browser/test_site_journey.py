"""From a search with a mistake in it to an answer that helped; and from a mail to a page that is true again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from portal.accounts.models import User
from portal.enquiries import spam
from portal.enquiries.models import Enquiry
from portal.outbox.models import Message
from portal.pages.models import ServiceInfo
from tests.browser import steps
from tests.browser.conftest import Calendar
from tests.browser.visitor import Visitor
from tests.conftest import TODAY

ASKER = "olha.vikno@post.example"


def newest_link(recipient: str, part: str) -> str:
    """The path of the link that holds `part`, in the newest mail to this address that has one."""
    for mail in Message.objects.filter(recipient=recipient).order_by("-created_at"):
        if found := re.search(rf"{re.escape(settings.SITE_URL)}(\S*{part}\S*)", mail.text):
            return found[1]
    raise AssertionError(f"no mail to {recipient} has a link with {part}")


@pytest.mark.parametrize(
    ("width", "language", "scripts"),
    [(390, "nb", True), (390, "ar", False), (1280, "en", True)],
    ids=["phone-nb", "phone-ar-without-scripts", "desk-en"],
)
def test_a_question_finds_its_answer(
    region: None,
    visit: Callable[..., Visitor],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
    language: str,
    scripts: bool,
) -> None:
    monkeypatch.setattr(spam, "QUICKEST", timedelta(0))  # nobody waits for three seconds in a test
    asker, officer = visit(width, scripts=scripts, language=language), visit(1280, language="nb")

    # Found, although it is spelt wrongly.
    asker.open(asker.path(""))
    asker.write(q="bibliotk" if language != "ar" else "المكتب")
    asker.press("Search")
    asker.go(lambda: asker.page.locator(".result a[href*='/topics/library/']").first.click())

    # Right, and something that is wrong.
    asker.press("Yes")
    asker.go(lambda: asker.page.locator("main a[href*='/topics/library/']").click())
    asker.follow("No, something is wrong")
    asker.write(text="The door is on the other side.")
    asker.press("Send")

    # Not found: asked.
    asker.open(asker.path("search/?q=qqqq"))
    asker.go(lambda: asker.page.locator("main a[href*='search=qqqq']").click())
    asker.write(question="Where can I mend my bicycle before the winter?", email=ASKER)
    asker.press("Send the question")
    enquiry = Enquiry.objects.get(email=ASKER)
    asker.sees_nothing_of("bicycle", ASKER)
    assert enquiry.number in asker.page.locator("main").inner_text()
    assert enquiry.search == "qqqq"

    # Answered by the one who has it, and that was it.
    assert enquiry.owner is not None
    steps.sign_in(officer, enquiry.owner.email, "/admin/")
    officer.open(reverse("admin:enquiries_enquiry_change", args=[enquiry.pk]))
    officer.write(answer="At the sports shop, and every Thursday in the culture house.")
    officer.press("Send the answer")
    asker.open(newest_link(ASKER, "/answered/"))
    asker.press("Yes, it helped")
    enquiry.refresh_from_db()
    assert enquiry.answered_you is True

    # The office has the remark.
    officer.open(reverse("admin:enquiries_remark_changelist"))
    officer.sees("The door is on the other side.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_an_owner_keeps_a_page_true_without_signing_in(
    region: None, visit: Callable[..., Visitor], calendar: Calendar, scripts: bool
) -> None:
    info = ServiceInfo.objects.get(municipality__slug="gol", topic="library")
    owner = User.objects.get(email=steps.OFFICER)
    ServiceInfo.objects.filter(pk=info.pk).update(owner=owner, verified_on=TODAY - timedelta(days=700))
    reader, person = visit(390, scripts=scripts), visit(390, scripts=scripts, language=owner.language)
    reader.open("/nb/gol/topics/library/")
    reader.sees("Nobody has checked this text lately. Ask the service office to be sure.")

    call_command("asktoverify", stdout=StringIO())
    person.open(newest_link(owner.email, "/verify/"))
    title = person.page.get_by_role("heading", level=2).filter(has_text=re.compile("ibliotek")).first
    card = person.page.locator("article").filter(has=title)
    person.go(lambda: card.get_by_role("button").click())

    info.refresh_from_db()
    assert info.verified_on == TODAY
    reader.open("/nb/gol/topics/library/")
    reader.sees("This text was checked %(day)s.", day="22. november 2026")


def test_an_editor_sees_the_change_on_the_page_at_once(region: None, visit: Callable[..., Visitor]) -> None:
    editor, reader = visit(), visit(390, language="nn")
    reader.open("/nn/gol/topics/library/")
    info = ServiceInfo.objects.get(municipality__slug="gol", topic="library")
    steps.sign_in(editor, steps.OFFICER, "/admin/")
    editor.open(reverse("admin:pages_serviceinfo_change", args=[info.pk]) + "?language=nn")
    editor.write(summary="No med kaffi kvar onsdag.")
    editor.go(lambda: editor.page.locator("[name=_save]").first.click())
    reader.open("/nn/gol/topics/library/")
    assert "No med kaffi kvar onsdag." in reader.page.locator("main").inner_text()
