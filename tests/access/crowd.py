"""Gol with as many rows of everything as one likes, written in bulk: for counting queries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from housing.models import Listing
from jobs.models import Vacancy
from newcomers.matching import address_key
from newcomers.models import (
    AddressChange,
    BulkMessage,
    BulkRecipient,
    Consent,
    Farewell,
    Household,
    HouseholdMove,
    Merge,
    MoverImport,
    MoverRow,
    Note,
    Pair,
    Person,
    Preferences,
    Registration,
    SavedView,
    StepTick,
    WayIn,
)
from portal.accounts.models import User
from portal.documents.models import PrintJob
from portal.enquiries.models import Enquiry, Remark
from portal.municipalities.enums import Role
from portal.municipalities.models import DatedTask, StaffRole
from portal.outbox.models import BouncedAddress, Message
from portal.pages.enums import Topic
from portal.pages.models import Article, ContactPoint, Link, Picture, PictureFile, ServiceInfo, SiteLook, Step
from portal.search.models import MissedSearch, SearchEntry, SearchWord
from portal.statistics.models import PlaceFigure
from privacy.models import AccessEntry, ArchiveHold, ErasureRequest
from tests.access.cast import Town, build_town
from tests.access.rows import ROWS
from tests.conftest import TODAY
from tests.packages.factories import LETTER_TEXTS
from welcome.hosting.enums import FOLLOW_UP
from welcome.hosting.models import Assignment, Conversation, FollowUpPlan, FollowUpStep, Host, PlanPoint
from welcome.letters.models import Letter, LetterTemplate
from welcome.packages.models import Gift, Package, PackageItem, PackagePlan, PackageRun, Partner

LANGUAGES = ("nb", "nn", "en")
# For each of so many rows: one town of one's own, since some things a town has only once; one child in a household.
ROWS_PER_TOWN = 10
# One step and one point of a plan, each of which the office edits as a form with every contact point to choose.
ROWS_PER_STEP = 30


Rows = dict[type[Model], Any]


def build() -> tuple[Town, Rows]:
    """Gol with one row of everything; its coordinator is also the region's administrator."""
    town = build_town("gol", "3550")
    Host.objects.update(capacity=5_000)
    _tell_wishes(town.household)
    StaffRole.objects.create(user=town.people[Role.COORDINATOR], role=Role.REGION_ADMINISTRATOR)
    return town, {model: row_of(town) for model, row_of in ROWS.items()}


def _tell_wishes(household: Household) -> None:
    """So that My page looks through all clubs, vacancies and homes."""
    Preferences.objects.create(household=household, interests=["choir"], home_kinds=["flat"])
    household.persons.filter(is_adult=True).update(wants_job=True, occupation="baker", occupation_code="7512")


def fill(town: Town, rows: Rows, first: int, last: int) -> None:
    """Add the rows numbered from first to last."""
    numbers = range(first, last)
    users = User.objects.bulk_create([User(email=f"many{n}@many.example", name=f"Many {n}") for n in numbers])
    households = _households(town, numbers)
    _hosting(town, users, households)
    _movers(town, rows, users, households)
    _office(town, rows, users, numbers)
    _office_of_households(town, rows, users, households)
    _packages(town, households, numbers)
    _pages(town, rows, users, numbers)
    _texts(town, rows, numbers)
    _enquiries(rows, users, numbers)
    _own_household(town, numbers)
    _privacy(town, users, households)
    _towns(town, numbers)
    _logs(town, rows)
    _search(town, numbers)


def _translated(rows: list[Any], **texts: str) -> None:
    model = type(rows[0])._parler_meta.root_model
    model.objects.bulk_create(
        [model(master_id=row.pk, language_code=code, **texts) for row in rows for code in LANGUAGES], batch_size=500
    )


def _copies(row: Model, number: int, /, **fields: Any) -> list[Any]:
    """New rows like this one; a field may be a function of the copy's place."""
    names = [f.attname for f in row._meta.concrete_fields if not f.primary_key]
    shared = {name: getattr(row, name) for name in names}
    given = [{name: value(n) if callable(value) else value for name, value in fields.items()} for n in range(number)]
    copies = [type(row)(**(shared | values)) for values in given]
    return list(type(row)._base_manager.bulk_create(copies, batch_size=500))


def _households(town: Town, numbers: range) -> list[Household]:
    households = _copies(
        town.household, len(numbers),
        street=lambda n: f"Lyktevegen {numbers[n]}",
        address_key=lambda n: address_key(f"Lyktevegen {numbers[n]}", "3550"),
    )  # fmt: skip
    persons = [Person(household=h, name=f"Kari Lykt{n}", birth_year=1990) for n, h in enumerate(households)]
    Person.objects.bulk_create(persons, batch_size=500)
    return households


def _hosting(town: Town, users: list[User], households: list[Household]) -> None:
    """Every second household is followed by the host whose pages are opened."""
    hosts = Host.objects.bulk_create(
        [Host(municipality=town.municipality, user=user, open_assignments=1, languages=["nb"]) for user in users]
    )
    of_town = town.assignment.host
    assignments = _copies(
        town.assignment, len(households),
        household_id=lambda n: households[n].pk, host_id=lambda n: of_town.pk if n % 2 else hosts[n].pk,
    )  # fmt: skip
    Host.objects.filter(pk=of_town.pk).update(open_assignments=of_town.assignments.open().count())
    owners = {of_town.pk: of_town.user_id} | {host.pk: host.user_id for host in hosts}
    kind = ContentType.objects.get_for_model(Assignment)
    DatedTask.objects.bulk_create(
        [DatedTask(municipality=town.municipality, kind=FOLLOW_UP, occasion="one_month", subject_type=kind,
                   subject_id=a.pk, owner_id=owners[a.host_id], due_on=date(2026, 11, 20)) for a in assignments],
        batch_size=500,
    )  # fmt: skip
    Conversation.objects.bulk_create(
        [Conversation(assignment=town.assignment, on=TODAY, outcome="reached", by_id=user.pk) for user in users]
    )


def _movers(town: Town, rows: Rows, users: list[User], households: list[Household]) -> None:
    """A list that waits for a decision, pairs with many, and one household that many were merged into."""
    gol = town.municipality
    packed = {"address": "Lia 1", "care_of": "", "postcode": "3550", "city": "Gol", "moved_in_on": "2026-11-02",
              "language": "", "adults": [{"name": "Kari Ny", "birth_year": 1990, "line": 2}], "child_birth_years": [],
              "lines": [2]}  # fmt: skip
    waiting = MoverRow.objects.filter(record=rows[MoverImport]).count()
    MoverRow.objects.bulk_create(
        [MoverRow(record=rows[MoverImport], position=waiting + n, packed=packed, kind="changed", household=household,
                  differences=[{"what": "adult", "old": "", "new": "Kari Ny"}])
         for n, household in enumerate(households)], batch_size=500,
    )  # fmt: skip
    Pair.objects.bulk_create(
        [Pair(municipality=gol, household=town.household, other=household, reasons=["name_alike"])
         for household in households], batch_size=500,
    )  # fmt: skip
    Merge.objects.bulk_create(
        [Merge(municipality=gol, kept=town.household, on=TODAY, by=user, left_out=[["letters.Letter", 1]])
         for user in users], batch_size=500,
    )  # fmt: skip


def _office(town: Town, rows: Rows, users: list[User], numbers: range) -> None:
    gol, now = town.municipality, timezone.now()
    StaffRole.objects.bulk_create([StaffRole(user=user, municipality=gol, role=Role.EDITOR) for user in users])
    _copies(rows[Message], len(numbers), key=lambda n: f"many:{numbers[n]}")
    _copies(rows[BouncedAddress], len(numbers), email=lambda n: f"gone{numbers[n]}@gol.example")
    Registration.objects.bulk_create(
        [Registration(municipality=gol, email=user.email, answers={}, confirmed_at=now) for user in users]
    )
    MoverImport.objects.bulk_create([MoverImport(municipality=gol, basis="test", by=user) for user in users])
    ways = [WayIn(municipality=gol, code=f"way-{n}", name=f"Way {n}") for n in numbers]
    WayIn.objects.bulk_create(ways)
    crontab, _created = CrontabSchedule.objects.get_or_create(minute="1")
    PeriodicTask.objects.bulk_create([PeriodicTask(name=f"many {n}", task="t", crontab=crontab) for n in numbers])


def _office_of_households(town: Town, rows: Rows, users: list[User], households: list[Household]) -> None:
    """Half of them somebody's, with a late promise of the office itself; notes, saved views, messages to many."""
    gol, owners = town.municipality, {h.pk: users[n].pk for n, h in enumerate(households) if n % 2}
    for household in households:
        household.owner_id = owners.get(household.pk)
    Household.objects.bulk_update(households, ["owner"], batch_size=500)
    kind = ContentType.objects.get_for_model(Household)
    DatedTask.objects.bulk_create(
        [DatedTask(municipality=gol, kind="x", occasion="x", subject_type=kind, subject_id=household.pk,
                   due_on=date(2026, 11, 20)) for household in households], batch_size=500,
    )  # fmt: skip
    coordinator = town.people[Role.COORDINATOR]
    SavedView.objects.bulk_create([SavedView(user=user, municipality=gol, name=f"View {user}") for user in users])
    Note.objects.bulk_create([Note(household=town.household, text="x", by=coordinator, on=TODAY) for _user in users])
    many = BulkMessage.objects.bulk_create([BulkMessage(municipality=gol, state="done", by=user) for user in users])
    recipients = [BulkRecipient(bulk=bulk, household=town.household, outcome="written") for bulk in many]
    recipients += [BulkRecipient(bulk=rows[BulkMessage], household=household) for household in households]
    BulkRecipient.objects.bulk_create(recipients, batch_size=500)


def _packages(town: Town, households: list[Household], numbers: range) -> None:
    gol = town.municipality
    partners = Partner.objects.bulk_create([Partner(municipality=gol, name=f"Partner {n}") for n in numbers])
    gifts = Gift.objects.bulk_create(
        [Gift(municipality=gol, code=f"gift-{n}", partner=partners[place]) for place, n in enumerate(numbers)]
    )
    _translated(gifts, title="Gift")
    jobs = PrintJob.objects.bulk_create([PrintJob(municipality=gol, kind="planning") for _number in numbers])
    earlier = PackageRun.objects.bulk_create(
        [PackageRun(municipality=gol, quarter=f"{n:04d}Q1", planning=jobs[place]) for place, n in enumerate(numbers)]
    )
    run = PackageRun.objects.get(municipality=gol, quarter="2026Q4")
    letters = Letter.objects.bulk_create(
        [Letter(municipality=gol, household=household, language="nb", template_version=1, facts={}, sha256="0" * 64,
                issued_on=TODAY) for household in households], batch_size=500,
    )  # fmt: skip
    # Of four households two are in the run that is opened, one had its package before, and one has none.
    packages = Package.objects.bulk_create(
        [Package(municipality=gol, household=household, run=earlier[0] if n % 4 == 2 else run, number=numbers[n],
                 letter=letters[n]) for n, household in enumerate(households) if n % 4 != 3], batch_size=500,
    )  # fmt: skip
    own, _created = Package.objects.get_or_create(municipality=gol, household=town.household, run=run)
    PackageItem.objects.bulk_create(
        [PackageItem(package=package, gift=gifts[n], quantity=1, state="short" if n % 3 else "reserved")
         for n, package in enumerate(packages)]
        + [PackageItem(package=own, gift=gift, quantity=1, state="reserved") for gift in gifts], batch_size=500,
    )  # fmt: skip


def _pages(town: Town, rows: Rows, users: list[User], numbers: range) -> None:
    gol = town.municipality
    contacts = ContactPoint.objects.bulk_create(
        [
            ContactPoint(municipality=gol, code=f"desk-many-{n}", owner=users[place], interests=["choir"])
            for place, n in enumerate(numbers)
        ]
    )
    _translated(contacts, name="Desk", opening_hours="9-15")
    rows[ServiceInfo].contacts.add(*contacts)
    _copies(rows[Vacancy], len(numbers), title=lambda n: f"Baker {numbers[n]}")
    _copies(rows[PlaceFigure], len(numbers), year=lambda n: 3000 + numbers[n])
    _copies(rows[Listing], len(numbers), title=lambda n: f"Home {numbers[n]}")
    FollowUpPlan.objects.bulk_create([FollowUpPlan(municipality=gol, name=f"Plan {n}") for n in numbers])
    some, plan = numbers[::ROWS_PER_STEP], town.assignment.plan
    steps = [FollowUpStep(plan=plan, code=f"s{n}", order=n + 10, days_after_acceptance=n) for n in some]
    points = [PlanPoint(plan=plan, order=n + 10, contact=contacts[place]) for place, n in enumerate(some)]
    _translated(FollowUpStep.objects.bulk_create(steps), title="Step", guide="Ask")
    _translated(PlanPoint.objects.bulk_create(points), text="Point")


def _texts(town: Town, rows: Rows, numbers: range) -> None:
    """Articles and steps, pictures that pages use, and a text that was changed again and again."""
    gol = town.municipality
    pictures = Picture.objects.bulk_create([Picture(municipality=gol, width=480, height=300) for _number in numbers])
    _translated(pictures, alt="A window")
    PictureFile.objects.bulk_create(
        [PictureFile(picture=picture, name=f"{picture.pk.hex}-480.webp", width=480, height=300,
                     media_type="image/webp", content=b"webp") for picture in pictures], batch_size=500,
    )  # fmt: skip
    articles = Article.objects.bulk_create(
        [Article(municipality=gol, kind="news", slug=f"news-{n}", picture=rows[Picture], origin=rows[Article])
         for n in numbers]
    )  # fmt: skip
    _translated(articles, title="News", summary="New", body="New")
    rows[Article].contacts.add(rows[ContactPoint])
    steps = [Step(municipality=gol, situation="moved", url=f"https://a.example/{n}") for n in numbers]
    _translated(Step.objects.bulk_create(steps), title="Do")
    Link.objects.bulk_create([Link(municipality=gol, url=step.url, broken_since=TODAY) for step in steps])
    for model in (ServiceInfo, Article):
        text = rows[model].translations.get(language_code="nb")
        type(text).history.bulk_history_create([text for _number in numbers], update=True, batch_size=500)


def _enquiries(rows: Rows, users: list[User], numbers: range) -> None:
    """Each with an owner of its own, who has promised it by the same day as hosts have theirs."""
    due_on = date(2026, 11, 20)
    questions = _copies(
        rows[Enquiry], len(numbers), serial=lambda n: numbers[n] + 2, number=lambda n: f"GOL-2026-{numbers[n] + 2}",
        owner_id=lambda n: users[n].pk, due_on=due_on,
    )  # fmt: skip
    remarks = _copies(rows[Remark], len(numbers), owner_id=lambda n: users[n].pk, due_on=due_on)
    DatedTask.objects.bulk_create(
        [DatedTask(municipality_id=row.municipality_id, kind=type(row)._meta.model_name, occasion="x", due_on=due_on,
                   subject_type=ContentType.objects.get_for_model(row), subject_id=row.pk, owner_id=row.owner_id)
         for row in [*questions, *remarks]], batch_size=500,
    )  # fmt: skip


def _privacy(town: Town, users: list[User], households: list[Household]) -> None:
    """Everyone was looked at, wants to be forgotten and is held; the own household was looked at by each.

    As many others are protected, and want to be forgotten too.
    """
    gol = town.municipality
    empty = dict.fromkeys(("street", "care_of", "postcode", "city", "address_key", "place_key"), "")
    protected = _copies(town.household, len(users), restricted=True, **empty)
    looked = {"municipality": gol, "kind": "viewed", "role": Role.COORDINATOR, "page": "hosting:newcomer"}
    for refs in ([household.pk for household in households], [town.household.pk] * len(users)):
        AccessEntry.objects.bulk_create(
            [AccessEntry(household_ref=ref, user=user, **looked) for ref, user in zip(refs, users, strict=True)],
            batch_size=100,
        )
    dates = {"asked_on": TODAY, "due_on": TODAY}
    asking = [*households, *protected]
    ErasureRequest.objects.bulk_create([ErasureRequest(municipality=gol, household=h, **dates) for h in asking])
    ArchiveHold.objects.bulk_create([ArchiveHold(municipality=gol, household=h, reason="x") for h in households])


def _own_household(town: Town, numbers: range) -> None:
    """Long stories on one timeline."""
    person = town.household.persons.get(is_adult=True)
    now = timezone.now()
    Consent.objects.bulk_create(
        [Consent(person=person, field="phone", text_version="1", withdrawn_at=now) for _number in numbers]
    )
    HouseholdMove.objects.bulk_create(
        [HouseholdMove(household=town.household, from_state="moved_in", to_state="settled", on=TODAY) for _n in numbers]
    )
    steps = Step.objects.bulk_create(
        [Step(municipality=town.municipality, situation="moved", order=n % 1000) for n in numbers]
    )
    _translated(steps, title="Step")
    StepTick.objects.bulk_create([StepTick(household=town.household, step=step, on=TODAY) for step in steps])
    AddressChange.objects.bulk_create([AddressChange(household=town.household, on=TODAY) for _number in numbers])
    Farewell.objects.bulk_create(
        [Farewell(municipality=town.municipality, month=TODAY.replace(day=1), reason="work") for _number in numbers]
    )
    # As forms in the office each child is a form of its own.
    children = numbers[::ROWS_PER_TOWN]
    Person.objects.bulk_create([Person(household=town.household, is_adult=False, birth_year=2015) for _n in children])


def _towns(town: Town, numbers: range) -> None:
    towns = _copies(
        town.municipality, len(numbers),
        code=lambda n: f"x{numbers[n]}", name=lambda n: f"Town {numbers[n]}",
        slug=lambda n: f"many-{numbers[n]}",
    )  # fmt: skip
    _translated(towns, tagline="Here")
    own = towns[::ROWS_PER_TOWN]
    coordinator = town.people[Role.COORDINATOR]
    StaffRole.objects.bulk_create([StaffRole(user=coordinator, municipality=m, role=Role.COORDINATOR) for m in own])
    PackagePlan.objects.bulk_create([PackagePlan(municipality=m) for m in own])
    templates = LetterTemplate.objects.bulk_create([LetterTemplate(municipality=m) for m in own])
    _translated(templates, body="B", information_heading="I", **LETTER_TEXTS["nb"])
    infos = ServiceInfo.objects.bulk_create(
        [ServiceInfo(municipality=m, topic=topic, owner=coordinator) for m in own for topic in Topic.values[:10]]
    )
    _translated(infos, title="T", summary="S", body="B")
    SiteLook.objects.bulk_create([SiteLook(municipality=m) for m in own])


def _logs(town: Town, rows: Rows) -> None:
    """Each row whose history is opened was changed again and again."""
    user = town.people[Role.COORDINATOR]
    entries = [
        LogEntry(user=user, content_type=ContentType.objects.get_for_model(model), object_id=str(row.pk),
                 object_repr="x", action_flag=CHANGE, change_message="")
        for model, row in rows.items() for _number in range(20)
    ]  # fmt: skip
    LogEntry.objects.bulk_create(entries, batch_size=500)


def _search(town: Town, numbers: range) -> None:
    """Entries of jobs that are there; words like the one that is searched for; searches in vain."""
    gol = town.municipality
    for_all = {"municipality": gol, "kind": "job", "language": "en", "title": "Lantern", "text": "Light a lantern"}
    jobs = _copies(gol.vacancys.earliest("created_at", "pk"), len(numbers), language="en")
    SearchEntry.objects.bulk_create(
        [SearchEntry(**for_all, object_id=job.pk, title_words=" lantern ", words=" lantern light a lantern ",
                     url_name="jobs:detail", url_args=[str(job.pk)], digest="", changed_at=timezone.now())
         for job in jobs], batch_size=500,
    )  # fmt: skip
    SearchWord.objects.bulk_create(
        [SearchWord(municipality=gol, language="en", word=f"lantern{n}" if n else "lantern", stem=f"lantern{n or ''}",
                    written="lantern") for n in numbers], batch_size=500,
    )  # fmt: skip
    MissedSearch.objects.bulk_create(
        [MissedSearch(municipality=gol, language="nb", query=f"many {n}", times=3, last_on=TODAY) for n in numbers]
    )
