"""Two households made one: nothing is lost, and all of it can be undone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps

from newcomers.consents import give_consent
from newcomers.enums import HouseholdState
from newcomers.models import Consent, Household, Merge, Pair, Person, Preferences, Registration
from newcomers.movers import merging, pairs
from newcomers.services import move, restrict
from portal import registry
from portal.municipalities.models import DatedTask
from tests.conftest import TODAY
from tests.factories import DatedTaskFactory, HouseholdFactory, MunicipalityFactory, PersonFactory, UserFactory
from tests.hosting.factories import HostFactory, accepted
from welcome.letters.models import Letter
from welcome.packages.models import Package, PackageRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(db: None) -> Household:
    return HouseholdFactory(street="Storgata 1", adults__name="Kari Moen", adults__birth_year=1990)


@pytest.fixture
def gone(kept: Household) -> Household:
    """The same, registered by themselves: with an account, wishes, a child, a partner."""
    home = HouseholdFactory(municipality=kept.municipality, street="Storgt 1", adults=0, wishes="A choir")
    PersonFactory(household=home, name="Kary Moen", birth_year=1990, email="kari@x.example", phone="99 88 77 66")
    PersonFactory(household=home, name="Ola Li", birth_year=1988, position=1, with_account=True)
    PersonFactory(household=home, child=True, birth_year=2019)
    return home


def merge(kept: Household, gone: Household, **options: Any) -> Merge:
    return merging.merge(kept=kept, gone=gone, by=UserFactory(), on=TODAY, **options)


def letter(household: Household) -> Letter:
    return Letter.objects.create(
        municipality=household.municipality, household=household, language="nb", template_version=1, facts={},
        sha256="0" * 64, issued_on=TODAY,
    )  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row about households, without what a merge itself writes."""
    left_out = {"newcomers.Merge", "accounts.User", "accounts.EmailAddress"}
    labels = registry.timeline_models | {"municipalities.DatedTask"}
    return {
        label: sorted(apps.get_model(label)._base_manager.values(), key=lambda row: str(row["id"]))
        for label in sorted(labels - left_out)
    }


def without_version(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return rows | {
        "newcomers.Household": [{**row, "version": 0} for row in rows["newcomers.Household"]],
    }


# --- Keeping ---


def test_persons_and_what_is_known_of_them_come_together(kept: Household, gone: Household) -> None:
    merge(kept, gone)
    kept.refresh_from_db()
    assert not Household.objects.filter(pk=gone.pk).exists()
    assert [(a.name, a.birth_year, a.email) for a in kept.adults][0] == ("Kari Moen", 1990, "kari@x.example")
    assert [a.name for a in kept.adults] == ["Kari Moen", "Ola Li"]
    assert kept.adults[0].phone == "99 88 77 66"
    assert kept.adults[1].user is not None
    assert (kept.child_birth_years, kept.wishes, kept.street) == ([2019], "A choir", "Storgata 1")


def test_all_that_points_at_the_one_points_at_the_other(kept: Household, gone: Household) -> None:
    gone_letter = letter(gone)
    assignment = accepted(host=HostFactory(municipality=kept.municipality), household=gone)
    run = PackageRun.objects.create(municipality=kept.municipality, quarter="2026Q4")
    package = Package.objects.create(municipality=kept.municipality, household=gone, run=run, letter=gone_letter)
    task = DatedTaskFactory(subject=gone)
    registration = Registration.objects.create(
        municipality=kept.municipality, email="kari@x.example", answers={}, household=gone
    )
    give_consent(gone.persons.get(name="Kary Moen"), field="phone")
    give_consent(gone.persons.get(name="Ola Li"), field="email")
    move(gone, to=HouseholdState.SETTLED, by=None, on=TODAY)
    merge(kept, gone)
    assert kept.letters.get() == gone_letter
    assert kept.assignments.get() == assignment
    assert kept.packages.get() == package
    assert kept.registrations.get() == registration
    assert kept.moves.count() == 1
    assert DatedTask.objects.get(pk=task.pk).subject == kept
    given = Consent.objects.filter(person__household=kept).values_list("person__name", "field")
    assert set(given) == {("Kari Moen", "phone"), ("Ola Li", "email")}


def test_what_both_have_is_said(kept: Household, gone: Household) -> None:
    """One letter for an occasion, one preferences, one open consent for a field: the kept household's stay."""
    own = letter(kept)
    letter(gone)
    give_consent(kept.persons.get(), field="phone")
    give_consent(gone.persons.get(name="Kary Moen"), field="phone")
    Preferences.objects.create(household=kept, segment="Two and a dog")
    Preferences.objects.create(household=gone, segment="Three", interests=["choir"])
    merged = merge(kept, gone)
    assert kept.letters.get() == own
    assert Preferences.objects.get().segment == "Two and a dog"
    assert Preferences.objects.get().interests == ["choir"]
    assert dict(merged.left_out) == {"letters.Letter": 1, "newcomers.Consent": 1, "newcomers.Preferences": 1}
    letters = f"{Letter._meta.verbose_name}: 1"
    (shown,) = [entry for entry in registry.timeline(kept, TODAY, for_staff=True) if letters in entry.detail]
    assert shown.staff_only


def test_who_said_no_to_post_once_has_said_no(kept: Household, gone: Household) -> None:
    Household.objects.filter(pk=gone.pk).update(wants_post=False)
    merge(kept, gone)
    kept.refresh_from_db()
    assert kept.wants_post is False


def test_who_was_planning_and_stands_in_a_list_has_moved_in(kept: Household, gone: Household) -> None:
    Household.objects.filter(pk=kept.pk).update(state=HouseholdState.PLANNING, moved_in_on=date(2026, 12, 1))
    merged = merge(kept, gone)
    kept.refresh_from_db()
    assert (kept.state, kept.moved_in_on) == (HouseholdState.MOVED_IN, gone.moved_in_on)
    merging.undo(merged, by=UserFactory(), on=TODAY)
    kept.refresh_from_db()
    assert (kept.state, kept.moved_in_on) == (HouseholdState.PLANNING, date(2026, 12, 1))


def test_twins_stay_twins(kept: Household, gone: Household) -> None:
    for home, years in ((kept, [2019]), (gone, [2019, 2021])):
        for year in years:
            PersonFactory(household=home, child=True, birth_year=year)
    merge(kept, gone)
    assert Household.objects.get().child_birth_years == [2019, 2019, 2021]


# --- Refusing ---


def test_refused_with_itself_across_towns_and_when_protected(kept: Household, gone: Household) -> None:
    elsewhere = HouseholdFactory(municipality=MunicipalityFactory(hemsedal=True))
    hidden = HouseholdFactory(municipality=kept.municipality)
    restrict(hidden, by=None)
    for other in (kept, elsewhere, hidden):
        with pytest.raises(merging.MergeRefused):
            merge(kept, other)
        with pytest.raises(merging.MergeRefused):
            merge(other, kept)
    assert Household.objects.count() == 4
    assert not Merge.objects.exists()


def test_two_accounts_need_a_persons_word(kept: Household, gone: Household) -> None:
    Person.objects.filter(household=kept).update(user=UserFactory())
    with pytest.raises(merging.AccountsDiffer):
        merge(kept, gone)
    assert Household.objects.filter(pk=gone.pk).exists()
    merge(kept, gone, accounts_too=True)
    assert kept.persons.exclude(user=None).count() == 2


@pytest.mark.usefixtures("in_english")
def test_two_hosts_talk_first(kept: Household, gone: Household) -> None:
    for home in (kept, gone):
        accepted(host=HostFactory(municipality=kept.municipality), household=home)
    with pytest.raises(merging.MergeRefused, match="host"):
        merge(kept, gone)


@pytest.mark.usefixtures("in_english")
def test_one_that_is_gone_already(kept: Household, gone: Household) -> None:
    slow = Household.objects.get(pk=gone.pk)
    merge(kept, gone)
    with pytest.raises(merging.MergeRefused, match="gone"):
        merge(kept, slow)


# --- Undoing ---


def test_undoing_restores_every_row_of_every_table(kept: Household, gone: Household) -> None:
    for home in (kept, gone):
        letter(home)
        give_consent(home.persons.order_by("position").first(), field="phone")
        Preferences.objects.create(household=home, segment=str(home.pk), interests=["choir"])
        DatedTaskFactory(subject=home, kind="test", occasion="same")
    run = PackageRun.objects.create(municipality=kept.municipality, quarter="2026Q4")
    for home in (kept, gone):
        Package.objects.create(municipality=kept.municipality, household=home, run=run, letter=home.letters.get())
    accepted(host=HostFactory(municipality=kept.municipality), household=gone)
    pairs.pair_by_hand(kept, gone)
    third = HouseholdFactory(municipality=kept.municipality)
    pairs.pair_by_hand(third, gone)
    before = without_version(everything())
    merged = merge(kept, gone)
    assert without_version(everything()) != before
    assert merging.undo(merged, by=UserFactory(), on=TODAY) == []
    assert without_version(everything()) == before
    assert (merged.undone_on, merged.snapshot, merged.may_be_undone) == (TODAY, {}, False)


def test_what_was_changed_since_stays_and_is_said(kept: Household, gone: Household) -> None:
    merged = merge(kept, gone)
    Household.objects.filter(pk=kept.pk).update(wishes="A band")
    PersonFactory(household=kept, name="Eli Ny", position=5)
    assert merging.undo(merged, by=UserFactory(), on=TODAY) == [f"{Household._meta.verbose_name}: 1"]
    assert Household.objects.get(pk=kept.pk).wishes == "A band"
    assert kept.persons.filter(name="Eli Ny").exists()
    assert gone.persons.count() == 3


@pytest.mark.usefixtures("in_english")
def test_it_is_undone_once_and_not_after_30_days(kept: Household, gone: Household) -> None:
    merged = merge(kept, gone)
    assert pairs.drop_undecided(on=TODAY + timedelta(days=30)) == 0
    assert pairs.drop_undecided(on=TODAY + timedelta(days=31)) == 1
    with pytest.raises(merging.MergeRefused, match="any more"):
        merging.undo(Merge.objects.get(pk=merged.pk), by=UserFactory(), on=date(2027, 1, 1))
    assert Household.objects.get() == kept


def test_protecting_forgets_how_it_was(kept: Household, gone: Household) -> None:
    merged = merge(kept, gone)
    assert "Storgt" in str(Merge.objects.get().snapshot)
    restrict(kept, by=None)
    assert Merge.objects.get().snapshot == {}
    with pytest.raises(merging.MergeRefused):
        merging.undo(merged, by=UserFactory(), on=TODAY)
    assert not Pair.objects.exists()
