"""What apps tell each other: nothing of a household is left off its timeline, nothing of a protected one is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import Field, Model
from django.utils import timezone

from newcomers.models import Household, MoverImport, Registration
from newcomers.services import restrict
from portal import registry
from portal.accounts.models import User
from portal.documents.models import PrintJob
from portal.municipalities.models import DatedTask
from portal.registry import NavItem, Queue, Section, TimelineEntry
from tests.access.cast import build_town
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, UserFactory
from welcome.letters.models import Letter
from welcome.packages.models import Package, PackageRun

OURS = {"portal", "newcomers", "privacy", "housing", "jobs", "welcome"}
OUR_MODELS = [m for m in apps.get_models() if m.__module__.partition(".")[0] in OURS]
# Rows that lead to a household and yet stand on no timeline, each with the reason why.
EXEMPT: dict[str, str] = {}
# Rows that point at anything, and who shows them.
GENERIC = {"municipalities.DatedTask": "shown by the app whose promise it is (hosting: the steps of the plan)"}


def about_households() -> set[type[Model]]:
    """Every model with a way to a household, over one foreign key or several."""
    found: set[type[Model]] = {Household}
    while True:
        more = {m for m in OUR_MODELS if m not in found and _foreign_models(m) & found}
        if not more:
            return found
        found |= more


def _foreign_models(model: type[Model]) -> set[type[Model]]:
    return {f.related_model for f in model._meta.concrete_fields if f.is_relation and f.related_model}


# --- The timeline ---


def test_every_model_about_a_household_is_on_its_timeline_or_exempt_with_a_reason() -> None:
    declared = registry.timeline_models | set(EXEMPT)
    found = {model._meta.label for model in about_households()}
    assert "welcome" in {m.__module__.partition(".")[0] for m in about_households()}
    assert found - declared == set()
    assert declared - found == set(), "declared, but no such model leads to a household"
    assert not registry.timeline_models & set(EXEMPT)


def test_every_model_that_points_at_anything_is_known() -> None:
    generic = {
        m._meta.label for m in OUR_MODELS if any(isinstance(f, GenericForeignKey) for f in m._meta.private_fields)
    }
    assert generic == set(GENERIC)


def test_a_promise_about_a_household_stands_on_its_timeline(db: None) -> None:
    town = build_town("gol", "3550")
    days = set(DatedTask.objects.open().values_list("due_on", flat=True))
    shown = {entry.on for entry in registry.timeline(town.household, TODAY, for_staff=True) if entry.state != "done"}
    assert days
    assert days <= shown


def test_the_timeline_is_in_order_and_hides_from_the_household_what_is_for_staff(db: None, monkeypatch: Any) -> None:
    entries = [
        TimelineEntry(date(2026, 12, 1), "later", "next"), TimelineEntry(date(2026, 11, 2), "second"),
        TimelineEntry(date(2026, 11, 1), "late", "late"), TimelineEntry(date(2026, 11, 1), "first"),
        TimelineEntry(date(2026, 11, 3), "office", staff_only=True),
    ]  # fmt: skip
    monkeypatch.setattr(registry, "_timeline", {"a": lambda h, on: entries[:2], "b": lambda h, on: entries[2:]})
    household = HouseholdFactory()
    titles = [entry.title for entry in registry.timeline(household, TODAY, for_staff=True)]
    assert titles == ["first", "second", "office", "late", "later"]
    assert "office" not in [entry.title for entry in registry.timeline(household, TODAY, for_staff=False)]


# --- My page, the day page, the header ---


def test_sections_come_in_their_order(monkeypatch: Any) -> None:
    given = {"c": [Section(30, "c")], "ab": [Section(10, "a"), Section(20, "b")]}
    providers = {name: lambda r, h, on, sections=sections: sections for name, sections in given.items()}
    monkeypatch.setattr(registry, "_my_page", providers)
    assert [section.order for section in registry.my_page(None, None, TODAY)] == [10, 20, 30]  # type: ignore[arg-type]


def test_late_queues_come_before_due_new_and_empty_ones(monkeypatch: Any) -> None:
    states = ["ok", "new", "late", "due"]
    queues = [Queue(n, state, 1, "/", state) for n, state in enumerate(states)]  # type: ignore[arg-type]
    monkeypatch.setattr(registry, "_day_page", {"a": lambda user, own, on: queues})
    found = [queue.title for queue in registry.day_page(None, [], TODAY)]  # type: ignore[arg-type]
    assert found == ["late", "due", "new", "ok"]


def test_a_link_is_registered_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(registry, "_navigation", [])
    for _time in range(2):
        registry.register_navigation(NavItem(1, "Jobs", "jobs:list"))
    assert len(registry._navigation) == 1


# --- Protection ---

# Fields in which an address may stand: as itself, in a letter's facts, in what was typed, in a printed file.
HOLDS_AN_ADDRESS = {"street", "address", "care_of", "facts", "answers", "content"}


def test_every_app_that_keeps_a_households_address_can_forget_it() -> None:
    keeping = {
        model._meta.app_label
        for model in about_households()
        if HOLDS_AN_ADDRESS & {field.name for field in model._meta.concrete_fields}
    }
    assert keeping == {"newcomers", "letters"}
    # newcomers forgets its own; print jobs belong to package runs; hosting ends what leads to the household.
    assert keeping - {"newcomers"} | {"packages", "hosting"} <= set(registry._protection)


SECRET = "Gøymestaden 77"


def everything_kept() -> Iterator[tuple[str, str]]:
    for model in apps.get_models():
        fields: list[Field[Any, Any]] = list(model._meta.concrete_fields)
        for row in model._base_manager.all():
            for field in fields:
                value = getattr(row, field.attname)
                text = bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
                yield f"{model._meta.label}.{field.name}", text


@pytest.mark.django_db
def test_after_protecting_a_household_its_address_stands_nowhere_in_the_database() -> None:
    town = build_town("gol", "3550")
    gol, household = town.municipality, town.household
    household.street = household.care_of = SECRET
    household.save()
    person = household.persons.get()
    User.objects.filter(pk=person.user_id).update(last_login=timezone.now())
    answers = {"street": SECRET, "adults": [{"name": "Nora"}]}
    Registration.objects.create(municipality=gol, email=person.email, answers=answers, household=household)
    Registration.objects.create(
        municipality=gol, email=person.email, answers=answers, confirmed_at=timezone.now(), household=None
    )
    job = PrintJob.objects.create(municipality=gol, kind="letters", state="done", content=SECRET.encode(), total=1)
    letter = Letter.objects.create(
        municipality=gol, household=household, language="nb", template_version=1, facts={"recipient": ["Nora", SECRET]},
        sha256="0" * 64, issued_on=TODAY, print_job=job,
    )  # fmt: skip
    run = PackageRun.objects.create(
        municipality=gol, quarter="2026Q4", letters_file=job, packing_list=job, state="printed", printed_on=TODAY
    )
    Package.objects.create(municipality=gol, household=household, run=run, letter=letter, number=1, state="printed")
    MoverImport.objects.create(municipality=gol, basis="test", state="done")
    assert sum(SECRET in text for _where, text in everything_kept()) >= 6
    restrict(household, by=UserFactory())
    assert [where for where, text in everything_kept() if SECRET in text] == []


@pytest.mark.django_db
def test_a_failure_to_forget_protects_nothing_by_half(monkeypatch: Any) -> None:
    def fail(household: Household) -> None:
        raise RuntimeError

    monkeypatch.setitem(registry._protection, "failing", fail)
    household = HouseholdFactory(street="Storgata 1")
    with pytest.raises(RuntimeError):
        restrict(household, by=None)
    assert Household.objects.get(pk=household.pk).restricted is False
