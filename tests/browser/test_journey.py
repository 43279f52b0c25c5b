"""The first whole journey: from a list of movers to a welcomed household. Every page on the way is checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from portal.accounts.models import User
from portal.outbox.models import Message
from tests.browser import steps
from tests.browser.conftest import Calendar
from tests.browser.visitor import Visitor


@pytest.mark.parametrize(
    ("width", "language", "scripts"),
    [(390, "nb", True), (1280, "en", True), (390, "nb", False)],
    ids=["phone-nb", "desk-en", "phone-nb-without-scripts"],
)
def test_from_a_list_of_movers_to_a_welcomed_household(
    region: None, visit: Callable[..., Visitor], calendar: Calendar, width: int, language: str, scripts: bool
) -> None:
    def somebody() -> Visitor:
        return visit(width, scripts=scripts, language=language)

    officer, newcomer, host, anyone = (somebody() for _ in range(4))
    User.objects.update(language=language)

    # 1. The officer takes in the list of movers.
    steps.sign_in(officer, steps.OFFICER, "/admin/")
    steps.import_movers(officer)
    assert steps.figure(officer, "Rows read") == "6"
    assert steps.figure(officer, "New households") == "2"
    assert steps.figure(officer, "Rows dropped because of a protected address") == "1"
    refused = officer.page.get_by_role("row").filter(has_text="3570").inner_text()
    assert refused.split()[:2] == ["5", "postnummer"]
    officer.follow("See the households")
    officer.sees_nothing_of("Lampesen", "Feilglimt")
    steps.open_household(officer, "Lyseng")
    officer.sees("From the list of movers that the municipality gets from the National Population Register.")
    officer.sees("Moved in")

    # 2. A newcomer looks around, and registers.
    steps.read_about_the_place(newcomer)
    steps.look_for_a_job(newcomer)
    steps.look_for_a_home(newcomer)
    steps.register(newcomer, moved_in_on=date(2026, 11, 2))
    assert "Iris" in newcomer.heading()
    newcomer.sees("What happens next, and when")
    newcomer.sees("The welcome package is sent by this day")

    # 3. The quarter's packages: one wants no post, and the last gift is too small for all.
    steps.stop_post_to(officer, "Stilleby")
    steps.agree_on(officer, "sports_club", number=1)
    steps.work_on(officer, "Packages of %(quarter)s not planned yet", quarter="2026Q4")
    officer.press("Save")
    planned = steps.lists_of_run(officer)
    assert planned == {"In this run": 2, "A gift is missing": 1, "Gets nothing now": 1, "Had a package before": 0}
    officer.press("Plan again")
    assert steps.lists_of_run(officer) == planned
    officer.page.locator("summary").filter(has_text=officer.words("Print …")).click()
    officer.press("Print and close the run")
    letters = steps.text_of_pdf(officer, "Letters (PDF)")
    assert "Maria og Pål Lyseng" in letters
    assert "Iris and Jonas Nattglimt" in letters
    assert "Stilleby" not in letters
    assert "Lyseng" in steps.text_of_pdf(officer, "Packing list (PDF)")
    newcomer.open(newcomer.path("my/"))
    newcomer.sees("The welcome package is on its way")

    # 4. The newcomers get a host, who says yes and hello.
    steps.add_host(officer)
    steps.ask_host(officer, household="Iris Nattglimt, Jonas Nattglimt", host="Tor Lanternevik")
    steps.sign_in(host, steps.HOST, steps.link_in_mail("hosting_offer", steps.HOST))
    host.sees_nothing_of("00 00 00 21")
    host.press("Yes, I will be their host")
    host.sees("00 00 00 21")
    host.follow("My newcomers")
    assert host.page.locator(".host-card").count() == 1
    host.sees("Iris, Jonas")
    host.sees_nothing_of("Lyseng", "Maria", "Nattglimt", "Lanternevegen")
    steps.log_contact(host)
    newcomer.open(newcomer.path("my/"))
    newcomer.sees("Tor Lanternevik")

    # 5. A week later the next hello is due: one mail, and after another week of silence the office has it.
    assert steps.remind(date(2026, 11, 28)) == {"reminded": 0, "escalated": 0}
    assert steps.remind(date(2026, 11, 29)) == {"reminded": 1, "escalated": 0}
    assert steps.remind(date(2026, 11, 30)) == {"reminded": 0, "escalated": 0}
    assert Message.objects.filter(kind="hosting_reminder", recipient=steps.HOST).count() == 1
    assert steps.queue(officer, "Promises nobody kept") == 0
    assert steps.remind(date(2026, 12, 6)) == {"reminded": 0, "escalated": 1}
    assert Message.objects.filter(kind="hosting_reminder").count() == 1
    calendar.today = date(2026, 12, 6)
    assert steps.queue(officer, "Promises nobody kept") == 1
    steps.work_on(officer, "Promises nobody kept")
    officer.sees("Iris Nattglimt")

    # 6. The officer posts a job and a home, and anyone finds them.
    steps.post_vacancy(officer, "Nattbaker i desember")
    steps.post_home(officer, "Lite hus med vedovn")
    anyone.open(anyone.path("jobs/?kind=seasonal"))
    anyone.follow("Nattbaker i desember")
    anyone.open(anyone.path("homes/?kind=rental_house&max_price=8000"))
    anyone.follow("Lite hus med vedovn")


def test_a_municipality_from_the_full_list_opens(region: None, visit: Callable[..., Visitor]) -> None:
    region_administrator, anyone = visit(1280), visit(390)
    anyone.open("/nb/lom/", status=404)
    steps.sign_in(region_administrator, "astrid.regionlykt@hallingdal.demo.example", "/admin/")
    steps.switch_on(region_administrator, "Lom")
    anyone.open("/nb/lom/")
