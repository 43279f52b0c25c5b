"""Every page of the portal: on wide and narrow screens, by night, read from the right, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from newcomers.contact import unsubscribe_url
from newcomers.models import Household, Person, Registration
from newcomers.my_page.forms_wishes import PAGES as WISHES
from newcomers.my_page.objections import codes_for
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.outbox.models import Message
from portal.pages.enums import ArticleKind
from portal.pages.models import ServiceInfo
from tests.browser.conftest import Calendar, load_demo
from tests.browser.visitor import Visitor
from tests.conftest import TODAY
from tests.newcomers.test_admin import ANSWERS
from welcome.hosting.enums import AssignmentState
from welcome.hosting.models import Assignment
from welcome.packages.models import PackageRun

COORDINATOR = "sigrid.vindauglid@gol.demo.example"
REGION_ADMINISTRATOR = "astrid.regionlykt@hallingdal.demo.example"


@pytest.fixture
def people(transactional_db: None, calendar: Calendar) -> None:
    """The invented region with its people: something of everything."""
    load_demo(calendar.today)


def sign_in(person: Visitor, user: User) -> None:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookies = [{"name": name, "value": cookie.value, "url": person.base_url} for name, cookie in client.cookies.items()]
    person.context.add_cookies(cookies)


def faults_of(person: Visitor, path: str, *, narrow: int, status: int = 200) -> Iterator[str]:
    """On a wide screen, and whether it still fits on a narrow one."""
    person.page.set_viewport_size({"width": 1280, "height": 900})
    answer = person.page.goto(person.base_url + path)
    if answer is None or answer.status != status:
        yield f"{path}: {answer and answer.status}"
    yield from person.faults_here()
    person.page.set_viewport_size({"width": narrow, "height": 900})
    yield from too_wide(person, f"at {narrow} px")


def too_wide(person: Visitor, when: str) -> Iterator[str]:
    if (width := person.too_wide()) > 0:
        yield f"{person.page.url}: {width} px too wide {when}"


def faults_from_the_right(person: Visitor) -> Iterator[str]:
    person.page.evaluate("document.documentElement.dir = 'rtl'")
    yield from too_wide(person, "from the right")


def faults_by_keyboard(person: Visitor) -> Iterator[str]:
    """The first stop is the way past the header; it can be seen, and leads to the content."""
    page = person.page
    page.keyboard.press("Tab")
    stop = page.locator(":focus")
    if stop.get_attribute("href") != "#main" or not stop.is_visible():
        yield f"{page.url}: the first stop is {stop.inner_text()!r}"
    page.keyboard.press("Enter")
    if page.locator(":focus").get_attribute("id") != "main":
        yield f"{page.url}: the skip link leads nowhere"


def stops_that_cannot_be_seen(person: Visitor) -> Iterator[str]:
    """Every stop of the Tab key, from the top of the page to its end."""
    page = person.page
    # The frame stands around the control, or around the whole card that leads on.
    seen = """stop => [stop, stop.closest('.card')].filter(Boolean).map(e => getComputedStyle(e))
        .some(style => style.outlineStyle !== 'none' || style.boxShadow !== 'none')"""
    page.keyboard.press("Tab")
    while page.locator(":focus").count() and page.locator("body:focus").count() == 0:
        stop = page.locator(":focus")
        if not stop.evaluate(seen):
            yield f"{page.url}: {stop.evaluate('e => e.outerHTML')[:120]}"
        page.keyboard.press("Tab")


# --- People's pages ---


def test_pages_that_anyone_reads(people: None, visit: Callable[..., Visitor]) -> None:
    """In Norwegian, in English and from the right, on a small phone, a phone and a desk."""
    faults = []
    for language in ["nb", "en", "ar"]:
        anyone = visit(language=language)
        for path in site_pages():
            faults += faults_of(anyone, f"/{language}/gol/{path}", narrow=320)
            faults += anyone.faults_here()
            anyone.page.set_viewport_size({"width": 390, "height": 900})
            faults += anyone.faults_here()
            faults += faults_by_keyboard(anyone)
    assert not faults, "\n".join(faults)


def site_pages() -> Iterator[str]:
    """One of each kind of page on the site of Gol."""
    gol = Municipality.objects.get(slug="gol")
    yield from ["", "themes/learn/", "topics/library/", "steps/moved/", "residents/", "news/", "facts/"]
    yield f"articles/{gol.articles.filter(kind=ArticleKind.RESIDENTS)[0].slug}/"
    yield from ["search/", "search/?q=bibliotek", "search/?q=qqqq", "ask/", "wrong/?page=/nb/gol/topics/library/"]
    yield from ["homes/", "homes/?kind=plot", "jobs/", "jobs/?q=finnesikke", "register/", "privacy/", "accessibility/"]
    for row in (gol.listings.shown(TODAY)[0], gol.vacancys.shown(TODAY)[0]):
        yield row.get_absolute_url().split("/gol/")[1]


def test_pages_of_the_portal_itself(people: None, visit: Callable[..., Visitor]) -> None:
    anyone = visit()
    paths = ["/nb/", "/en/", "/nn/aal/", "/uk/gol/", "/nb/offline/", "/ar/offline/", "/components/", "/mailbox/"]
    paths += ["/nb/account/login/", "/nb/account/login/code/", "/nb/account/inactive/"]
    paths.append(reverse("mail", args=[Message.objects.latest("created_at").pk]))
    faults = []
    for path in paths:
        faults += faults_of(anyone, path, narrow=320)
        faults += faults_by_keyboard(anyone)
        faults += faults_from_the_right(anyone)
    for path in ["/nb/gol/nowhere/", "/nb/nowhere/", "/nb/account/password/reset/"]:
        faults += faults_of(anyone, path, narrow=320, status=404)
    assert not faults, "\n".join(faults)


def test_pages_of_those_who_sign_in(people: None, visit: Callable[..., Visitor]) -> None:
    faults = []
    for email, paths in own_pages():
        person = visit()
        sign_in(person, User.objects.get(email=email))
        for path in paths:
            faults += faults_of(person, path, narrow=320)
            faults += faults_by_keyboard(person)
            faults += faults_from_the_right(person)
    assert not faults, "\n".join(faults)


def own_pages() -> Iterator[tuple[str, list[str]]]:
    gol = Municipality.objects.get(slug="gol")
    newcomer = User.objects.filter(persons__household__municipality=gol, persons__household__state="moved_in")[0]
    yield newcomer.email, ["/nb/gol/my/", "/nb/gol/my/edit/", "/nb/aal/my/"]
    for state in [AssignmentState.PROPOSED, AssignmentState.ACTIVE]:
        assignment = Assignment.objects.filter(municipality=gol, state=state)[0]
        paths = [f"/nb/gol/host/{assignment.pk}/"]
        paths += ["/nb/gol/host/", f"/nb/gol/host/{assignment.pk}/contact/"] if state == AssignmentState.ACTIVE else []
        yield assignment.host.user.email, paths
    yield COORDINATOR, ["/nb/gol/register/"]
    yield COORDINATOR, [f"/nb/account/2fa/{rest}" for rest in ["", "totp/activate/", "webauthn/", "webauthn/add/"]]


def test_pages_of_newcomers(people: None, visit: Callable[..., Visitor]) -> None:
    """All that stands under My page, and what a mail or a letter leads to; in one browser, one after the other."""
    faults = []
    person = visit()
    for user, paths in newcomers_pages():
        sign_in(person, user)
        for path in paths:
            faults += faults_of(person, f"/nb/gol/{path}", narrow=320)
            faults += faults_from_the_right(person)
            if not person.page.url.endswith(path):
                faults.append(f"{path} leads to {person.page.url}")
        if "my/email/" in paths:
            faults += faults_after_codes(person)
    assert not faults, "\n".join(faults)


def faults_after_codes(person: Visitor) -> Iterator[str]:
    """The pages that follow upon what was typed."""
    person.page.goto(person.base_url + "/nb/gol/my/email/")
    person.write(email="ny@lykt.demo.example")
    yield from faults_after_sending(person)
    if not person.page.url.endswith("/my/email/code/"):
        yield f"no page for the code, but {person.page.url}"
    code = next(iter(codes_for(Household.objects.filter(municipality__slug="gol")[:1]).values()))
    person.page.goto(person.base_url + "/nb/gol/no-post/")
    person.write(code=code)
    yield from faults_after_sending(person)


def faults_after_sending(person: Visitor) -> Iterator[str]:
    with person.page.expect_navigation():
        person.page.locator("main form button[type=submit]").first.click()
    yield from person.faults_here()
    yield from faults_from_the_right(person)


def newcomers_pages() -> Iterator[tuple[User, list[str]]]:
    """Of one who lives here, one who plans to, one who has gone, and one who is not known to live anywhere."""
    gol = Municipality.objects.get(slug="gol")
    homes = gol.households.filter(state="moved_in", persons__user__isnull=False).distinct().order_by("pk")[:3]
    living, coming, gone = (home.persons.filter(user__isnull=False)[0] for home in homes)
    yield living.user, [
        "my/data/", "my/data/looked/", "my/data/erase/", "my/people/", "my/people/add/", f"my/people/{living.pk}/left/",
        "my/choices/", "my/address/", "my/plans/", "my/settled/", "my/away/", "my/steps/", "my/wishes/",
        *(f"my/wishes/{page.slug}/" for page in WISHES), "my/email/", "no-post/", "children/",
        unsubscribe_url(living, "news", "nb").partition("/gol/")[2],
    ]  # fmt: skip
    Household.objects.filter(pk=coming.household_id).update(state="planning", moved_in_on=TODAY)
    yield coming.user, ["my/", "my/plans/", "my/address/", "my/not-coming/"]
    Household.objects.filter(pk=gone.household_id).update(state="moved_away")
    yield gone.user, ["my/", "my/farewell/", "my/goodbye/", "my/people/"]
    stranger = User.objects.create_user("lyset@lykt.demo.example")
    Person.objects.create(household=living.household, name="Lys Lykt", email=stranger.email, position=9)
    yield stranger, ["my/invited/"]
    Registration.objects.create(municipality=gol, email=stranger.email, answers=ANSWERS, language="nb")
    yield stranger, ["register/mine/"]


@pytest.mark.parametrize(
    "path", ["/nb/gol/", "/nb/gol/register/", "/nb/gol/homes/", "/nb/account/login/", "/components/"]
)
def test_the_keyboard_never_gets_lost(region: None, visit: Callable[..., Visitor], path: str) -> None:
    reader = visit(390)
    reader.open(path)
    assert not list(stops_that_cannot_be_seen(reader))


def test_at_night_on_a_phone(people: None, visit: Callable[..., Visitor]) -> None:
    """Dark colours, on the pages that between them show every component."""
    anyone, officer = visit(390, color_scheme="dark"), visit(390, color_scheme="dark")
    for path in ["/nb/gol/", "/nb/gol/register/", "/components/", "/nb/gol/nowhere/"]:
        anyone.open(path, status=404 if "nowhere" in path else 200)
    for email, paths in own_pages():
        person = visit(390, color_scheme="dark")
        sign_in(person, User.objects.get(email=email))
        person.open(paths[0])
    sign_in(officer, User.objects.get(email=COORDINATOR))
    for page in ["index", "newcomers_household_changelist", "hosting_followupplan_add"]:
        officer.open(reverse(f"admin:{page}"))
    officer.open(
        reverse("admin:packages_packagerun_change", args=[PackageRun.objects.filter(municipality__slug="gol")[0].pk])
    )
    officer.open(
        reverse("admin:pages_serviceinfo_change", args=[ServiceInfo.objects.filter(municipality__slug="gol")[0].pk])
    )


# --- The office ---


def test_pages_of_the_office(people: None, visit: Callable[..., Visitor]) -> None:
    faults = []
    for email in [COORDINATOR, REGION_ADMINISTRATOR]:
        officer = visit()
        user = User.objects.get(email=email)
        sign_in(officer, user)
        for path in office_pages(user):
            faults += faults_of(officer, path, narrow=390)
    assert not faults, "\n".join(faults)


def office_pages(user: User) -> Iterator[str]:
    """The start page; of each table the list, a new row and one that is there."""
    yield reverse("admin:index")
    request = type("Request", (), {"user": user, "GET": {}})()
    for model, model_admin in admin.site._registry.items():
        if not model_admin.has_module_permission(request):
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if model_admin.has_add_permission(request):
            yield reverse(f"{name}_add")
        if row := model_admin.get_queryset(request).first():
            yield reverse(f"{name}_change", args=[row.pk])
