"""One row of each table of the office, in a given town. A new admin without a row here fails the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils import timezone

from housing.models import Listing
from jobs.models import Vacancy
from newcomers.models import (
    BulkMessage,
    BulkRecipient,
    Farewell,
    Household,
    Merge,
    MoverImport,
    Pair,
    Registration,
    WayIn,
)
from portal.enquiries.models import Enquiry, Remark
from portal.municipalities.models import DatedTask, Municipality, StaffRole
from portal.outbox.models import BouncedAddress, Message
from portal.pages.models import Article, ContactPoint, Link, Picture, ServiceInfo, SiteLook, Step
from portal.search.models import MissedSearch
from portal.statistics.models import PlaceFigure
from privacy.models import AccessEntry, ArchiveHold, ErasureRequest, Purpose
from privacy.purposes import set_up as set_up_purposes
from tests.access.cast import Town
from tests.conftest import TODAY
from tests.documents.sample import letter
from tests.enquiries.factories import asked, remarked
from tests.factories import ArticleFactory, ContactPointFactory, HouseholdFactory, ServiceInfoFactory, StepFactory
from tests.housing.factories import ListingFactory
from tests.jobs.factories import VacancyFactory
from tests.packages.factories import make_gift, make_template
from tests.pages.factories import make_picture
from tests.statistics.factories import make_figure
from welcome.hosting.models import Assignment, FollowUpPlan, Host
from welcome.letters.models import Letter, LetterTemplate
from welcome.packages.models import Gift, PackagePlan, PackageRun, Partner


def _message(town: Town) -> Message:
    return Message.objects.get_or_create(
        key=f"test:{town.municipality.slug}",
        defaults={"municipality": town.municipality, "kind": "test", "recipient": "x@x.example", "language": "nb",
                  "subject": "Hei", "next_try_at": timezone.now()},
    )[0]  # fmt: skip


def _registration(town: Town) -> Registration:
    return Registration.objects.create(
        municipality=town.municipality, email="x@x.example", answers={}, confirmed_at=timezone.now()
    )


def _pair(town: Town) -> Pair:
    """The town's household, and one that may be the same."""
    known = Pair.objects.filter(household=town.household).first()
    other = known or HouseholdFactory(municipality=town.municipality, adults__name="Nora Like")
    return known or Pair.objects.create(
        municipality=town.municipality, household=town.household, other=other, reasons=["name_alike", "year_same"]
    )


def _letter(town: Town) -> Letter:
    return Letter.objects.get_or_create(
        municipality=town.municipality, household=town.household,
        defaults={"language": "nb", "template_version": 1, "facts": letter(), "sha256": "0" * 64, "issued_on": TODAY},
    )[0]  # fmt: skip


def _farewell(town: Town) -> Farewell:
    """One of five: fewer are shown to nobody."""
    return Farewell.objects.bulk_create(
        [Farewell(municipality=town.municipality, month=TODAY.replace(day=1), reason="work") for _number in range(5)]
    )[0]


def _bulk_message(town: Town) -> BulkMessage:
    row = BulkMessage.objects.create(
        municipality=town.municipality, state="done", purpose="news", sent_at=timezone.now(),
        texts={"nb": {"subject": "Treff", "body": "Kom!"}},
    )  # fmt: skip
    BulkRecipient.objects.create(bulk=row, household=town.household, outcome="written")
    return row


def _purpose(town: Town) -> Purpose:
    set_up_purposes(town.municipality, on=TODAY)
    return Purpose.objects.get(municipality=town.municipality, code="welcome")


ROWS: dict[type[Model], Callable[[Town], Any]] = {
    Purpose: _purpose,
    AccessEntry: lambda town: AccessEntry.objects.get_or_create(
        municipality=town.municipality, household_ref=town.household.pk, kind="viewed", role="coordinator", page="p"
    )[0],
    ArchiveHold: lambda town: ArchiveHold.objects.get_or_create(
        municipality=town.municipality, household=town.household, defaults={"reason": "Klagesak 26/17"}
    )[0],
    ErasureRequest: lambda town: ErasureRequest.objects.get_or_create(
        municipality=town.municipality, household=town.household, defaults={"asked_on": TODAY, "due_on": TODAY}
    )[0],
    Municipality: lambda town: town.municipality,
    StaffRole: lambda town: town.municipality.staff_roles.first(),
    DatedTask: lambda town: town.municipality.datedtasks.open().first(),
    Message: _message,
    BouncedAddress: lambda town: BouncedAddress.objects.get_or_create(
        email=f"gone@{town.municipality.slug}.example",
        defaults={"municipality": town.municipality, "status": "5.1.1", "on": TODAY},
    )[0],
    ContactPoint: lambda town: ContactPointFactory(municipality=town.municipality),
    ServiceInfo: lambda town: (
        town.municipality.serviceinfos.first() or ServiceInfoFactory(municipality=town.municipality)
    ),
    Article: lambda town: ArticleFactory(municipality=town.municipality),
    Step: lambda town: StepFactory(municipality=town.municipality),
    Link: lambda town: Link.objects.get_or_create(municipality=town.municipality, url="https://a.example/")[0],
    Picture: lambda town: make_picture(town.municipality),
    SiteLook: lambda town: SiteLook.objects.get_or_create(municipality=town.municipality)[0],
    MissedSearch: lambda town: MissedSearch.objects.get_or_create(
        municipality=town.municipality, query="svømmehall", language="nb", defaults={"times": 3, "last_on": TODAY}
    )[0],
    Enquiry: lambda town: asked(town.municipality),
    Remark: lambda town: remarked(town.municipality),
    PlaceFigure: lambda town: make_figure(town.municipality),
    Household: lambda town: town.household,
    Farewell: _farewell,
    Registration: _registration,
    WayIn: lambda town: WayIn.objects.get_or_create(municipality=town.municipality, code="poster", name="Poster")[0],
    MoverImport: lambda town: MoverImport.objects.create(municipality=town.municipality, basis="test"),
    Pair: _pair,
    Merge: lambda town: Merge.objects.get_or_create(municipality=town.municipality, kept=town.household, on=TODAY)[0],
    BulkMessage: _bulk_message,
    Listing: lambda town: ListingFactory(municipality=town.municipality),
    Vacancy: lambda town: VacancyFactory(municipality=town.municipality),
    Host: lambda town: town.assignment.host,
    Assignment: lambda town: town.assignment,
    LetterTemplate: lambda town: town.municipality.lettertemplates.first() or make_template(town.municipality),
    Letter: _letter,
    Partner: lambda town: Partner.objects.get_or_create(municipality=town.municipality, name="Turlaget")[0],
    Gift: lambda town: town.municipality.gifts.first() or make_gift(town.municipality),
    PackagePlan: lambda town: PackagePlan.objects.get_or_create(municipality=town.municipality)[0],
    PackageRun: lambda town: PackageRun.objects.get_or_create(municipality=town.municipality, quarter="2026Q4")[0],
    FollowUpPlan: lambda town: FollowUpPlan.objects.get(municipality=town.municipality),
}
