"""What people do in the portal, page by page, as the journey tells it. Words are the English ones of the pages."""

from __future__ import annotations

import json
import re
from datetime import date
from io import BytesIO, StringIO

from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect
from pypdf import PdfReader

from portal.accounts.models import User
from portal.outbox.models import Message
from tests.browser.visitor import Visitor
from tests.newcomers.movers import movers_csv, row
from welcome.packages.models import Gift

OFFICER = "berit.skrankelys@gol.demo.example"
NEWCOMER = "iris.nattglimt@post.example"
HOST = "tor.lanternevik@post.example"

# --- Signing in ---


def code_from_mail(email: str) -> str:
    """The sign-in code in the newest mail to this address."""
    mail = Message.objects.filter(recipient=email, kind="account").latest("created_at")
    code = re.search(r"^[A-Z0-9]{3,}-?[A-Z0-9]{3,}$", mail.text, re.MULTILINE)
    assert code, mail.text
    return code[0]


def write_code(person: Visitor, email: str) -> None:
    person.sees(email)
    person.write(code=code_from_mail(email))
    person.press("Confirm")


def sign_in(person: Visitor, email: str, path: str) -> None:
    """Open a page that asks who one is; after the code, it opens."""
    person.open(path)
    person.write(login=email)
    person.press("Send me a code")
    write_code(person, email)
    assert person.page.url.endswith(path), person.page.url


# --- A newcomer ---


def read_about_the_place(person: Visitor) -> None:
    person.open(person.path(""))
    for topic in ["library", "doctor_emergency"]:
        person.open(person.path(""))
        link = person.page.locator(f"main a[href$='/topics/{topic}/']")
        title = link.inner_text()
        with person.page.expect_navigation():
            link.click()
        person.check()
        assert person.heading() == title


def look_for_a_job(person: Visitor) -> None:
    person.follow("Jobs")
    person.field("Kind of job").select_option(label=person.words("Apprenticeship"))
    person.press("Show")
    person.sees("Lærling i elektrofag")
    person.sees_nothing_of("Lærar på barnesteget")
    person.follow("Lærling i elektrofag")
    person.sees("Apply by e-mail")


def look_for_a_home(person: Visitor) -> None:
    person.follow("Homes")
    person.field("Highest price (kr)").fill("10 000")
    person.field("Rooms, at least").fill("3")
    person.press("Show")
    person.sees("Ny leilegheit utan trapper")
    person.sees_nothing_of("Room close to the station", "Einebustad på Golsfjellet")
    person.follow("Ny leilegheit utan trapper")
    person.sees("Ask about it")


def answer(person: Visitor, page: str, **answers: str) -> None:
    """Answer one page of registering, and go on."""
    assert person.page.url.partition("?")[0].endswith(f"/register/{page}/" if page else "/register/"), person.page.url
    person.write(**answers)
    person.press("Next")


def choose(person: Visitor, page: str, label: str) -> None:
    """The same where the answer is one of several."""
    person.field(label).check()
    answer(person, page)


def register(person: Visitor, *, moved_in_on: date) -> None:
    """Two adults and two children, one question a page; the code from the mail opens My page."""
    person.follow("Register")
    choose(person, "", "I have moved")
    answer(person, "you", name="Iris Nattglimt", birth_year="1988")
    answer(person, "contact", email=NEWCOMER, phone="00 00 00 21")
    choose(person, "adults", "Yes")
    answer(person, "adult-2", name="Jonas Nattglimt", birth_year="1986")
    choose(person, "adults", "No")
    answer(person, "children", child_birth_years="2016, 2019")
    answer(person, "date", moved_in_on=moved_in_on.isoformat())
    person.page.locator("[name=postcode]").press_sequentially("3550")
    if person.scripts:
        expect(person.page.locator("#place")).to_have_text("3550 Gol")
    answer(person, "address", street="Lanternevegen 3")
    person.page.locator("[name=language]").select_option(label="English")
    answer(person, "language")
    choose(person, "reason", "I would rather not say")
    answer(person, "wishes", wishes="A choir, and somebody to ski with.")
    choose(person, "sharing", "My host may see my phone number")
    person.sees("Iris Nattglimt")
    person.sees("Lanternevegen 3, 3550 Gol")
    person.press("Register and get a code by e-mail")
    write_code(person, NEWCOMER)


# --- The office ---


def queue(officer: Visitor, title: str, **values: object) -> int:
    """How much waits in this line of today's work."""
    officer.open(reverse("admin:index"))
    item = officer.page.locator(".day-queue__item").filter(has_text=officer.words(title, **values))
    return int(item.locator(".day-queue__count").inner_text())


def work_on(officer: Visitor, title: str, **values: object) -> None:
    """From today's work to where it is done."""
    words = re.compile(re.escape(officer.words(title, **values)))
    officer.open(reverse("admin:index"))
    officer.go(lambda: officer.page.locator(".day-queue").get_by_role("link", name=words).click())


def office(officer: Visitor, page: str, *args: object) -> None:
    officer.open(reverse(f"admin:{page}", args=args))


def figure(officer: Visitor, title: str) -> str:
    """The number that stands beside these words in a table."""
    header = officer.page.get_by_role("rowheader", name=officer.words(title), exact=True)
    return officer.page.get_by_role("row").filter(has=header).get_by_role("cell").inner_text()


def import_movers(officer: Visitor) -> None:
    """A family, a widow; one row of another municipality, and one person whose address is protected."""
    movers = movers_csv(
        row("Maria Lyseng", "Kveldsvegen 7", moved_on="12.10.2026", birth_year="1990", household="1"),
        row("Pål Lyseng", "Kveldsvegen 7", moved_on="12.10.2026", birth_year="1988", household="1"),
        row("", "Kveldsvegen 7", moved_on="12.10.2026", birth_year="2019", household="1"),
        row("Frode Feilglimt", "Gata 2", postcode="3570", city="Ål", household="2"),
        row("Skjult Lampesen", "Hemmeligvegen 4", household="3", protection="fortrolig"),
        row("Gerd Stilleby", "Kveldsvegen 9", moved_on="20.10.2026", birth_year="1951", household="4"),
    )
    office(officer, "newcomers_moverimport_add")
    for name, choice in {"source": "register", "purpose": "welcome", "legal_basis": "public_task"}.items():
        officer.page.locator(f"[name={name}]").select_option(choice)
    officer.write(basis="Folkeregisterloven § 10-1: velkomst")
    officer.page.locator("[name=file]").set_input_files(
        {"name": "flyttere.csv", "mimeType": "text/csv", "buffer": movers}
    )
    officer.press("Read the list")
    officer.sees("What will happen")
    officer.go(lambda: officer.page.locator("[name=take_all]").click())


def stop_post_to(officer: Visitor, name: str) -> None:
    open_household(officer, name)
    officer.page.locator("[name=wants_post]").uncheck()
    officer.press("Save")


def open_household(officer: Visitor, name: str) -> None:
    office(officer, "newcomers_household_changelist")
    officer.write(q=name)
    officer.press("Search")
    officer.go(lambda: officer.page.locator("#result_list").get_by_role("link", name=re.compile(name)).click())


def agree_on(officer: Visitor, gift: str, *, number: int) -> None:
    office(officer, "packages_gift_change", Gift.objects.get(code=gift, municipality__slug="gol").pk)
    officer.write(agreed=str(number))
    officer.press("Save")


def lists_of_run(officer: Visitor) -> dict[str, int]:
    """How many households stand in each list of the run."""
    titles = ["In this run", "A gift is missing", "Gets nothing now", "Had a package before"]
    lists = {title: officer.page.get_by_text(re.compile(rf"^{officer.words(title)}: \d+$")) for title in titles}
    return {title: int(found.inner_text().rpartition(" ")[2]) for title, found in lists.items()}


def text_of_pdf(officer: Visitor, link: str) -> str:
    href = officer.page.get_by_role("link", name=officer.words(link)).get_attribute("href")
    answer = officer.page.request.get(f"{officer.base_url}{href}")
    assert answer.headers["content-type"] == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)


def add_host(officer: Visitor) -> None:
    office(officer, "hosting_host_add")
    officer.write(email=HOST, name="Tor Lanternevik", area="Gol sentrum", capacity="2")
    officer.page.locator("[name=languages][value=en]").check()
    officer.press("Save")
    # The office writes to a new host in the municipality's language; this one reads the journey's.
    User.objects.filter(email=HOST).update(language=officer.language)


def ask_host(officer: Visitor, *, household: str, host: str) -> None:
    work_on(officer, "Newcomers without a host")
    officer.follow(household)
    officer.page.locator("[name=host]").select_option(label=host)
    officer.press("Ask this host")


def post_vacancy(officer: Visitor, title: str) -> None:
    office(officer, "jobs_vacancy_add")
    officer.write(title=title, employer_name="Lyktebakeriet", workplace="Gol sentrum", occupation="Baker")
    officer.page.locator("[name=kind]").select_option("seasonal")
    officer.write(description="Lange netter, varme brød.", apply_email="jobb@lyktebakeriet.example")
    officer.page.locator("[name=is_published]").check()
    officer.press("Save")


def post_home(officer: Visitor, title: str) -> None:
    office(officer, "housing_listing_add")
    officer.page.locator("[name=kind]").select_option("rental_house")
    officer.page.locator("[name=postcode]").select_option("3550")
    officer.write(title=title, description="To etasjer og en vedovn.", price_nok="7300", rooms="3")
    officer.write(contact_name="Servicekontoret", contact_email="post@gol.example")
    officer.page.locator("[name=is_published]").check()
    officer.press("Save")


# --- A host ---


def link_in_mail(kind: str, email: str) -> str:
    """Where the newest mail of this kind leads, within the portal."""
    mail = Message.objects.filter(recipient=email, kind=kind).latest("created_at")
    return mail.text.split(settings.SITE_URL, 1)[1].split()[0]


def log_contact(host: Visitor) -> None:
    """Two taps."""
    host.follow("I have been in touch")
    host.press("We talked")


def remind(on: date) -> dict[str, int]:
    """What the schedule does every morning."""
    out = StringIO()
    call_command("remind", date=on, json=True, stdout=out)
    report: dict[str, int] = json.loads(out.getvalue())
    return report


# --- The region administrator ---


def switch_on(administrator: Visitor, name: str) -> None:
    office(administrator, "municipalities_municipality_changelist")
    administrator.sees("357")
    administrator.write(q=name)
    administrator.press("Search")
    line = administrator.page.get_by_role("row").filter(
        has=administrator.page.get_by_role("link", name=name, exact=True)
    )
    line.get_by_role("checkbox").check()
    administrator.page.locator("[name=action]").select_option("switch_on")
    administrator.press("Go")
