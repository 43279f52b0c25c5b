"""Two households made one: nothing is lost, and all of it can be undone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps

from newcomers import members
from newcomers.consents import give_consent, withdraw_consent
from newcomers.enums import HouseholdState
from newcomers.models import Consent, Household, Merge, Note, Pair, Person, Preferences, Registration
from newcomers.movers import merging, pairs, undoing
from newcomers.services import move, restrict
from portal import registry
from portal.municipalities.models import DatedTask
from privacy import access_log
from privacy.enums import AccessKind
from privacy.models import AccessEntry
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
    # One that came along, and one because the kept household follows.
    assert [row.to_state for row in kept.moves.all()] == [HouseholdState.SETTLED] * 2
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
    assert dict(merged.left_out) == {
        "letters.Letter": 1, "newcomers.Consent": 1, "newcomers.Preferences": 1,
        "newcomers.Household": 1, "newcomers.Person": 1,
    }  # fmt: skip
    letters = f"{Letter._meta.verbose_name}: 1"
    (shown,) = [entry for entry in registry.timeline(kept, TODAY, for_staff=True) if letters in entry.detail]
    assert shown.staff_only


def test_what_the_other_one_said_otherwise_is_noted(kept: Household, gone: Household) -> None:
    """Also after the 30 days in which it can be undone."""
    Person.objects.filter(household=kept).update(email="kari@y.example", phone="99 88 77 66")
    Household.objects.filter(pk=kept.pk).update(wishes="A band", stay_longer="A bus")
    Household.objects.filter(pk=gone.pk).update(wishes="W" * 1999, stay_longer="01817050006 trains")
    merged = merge(kept, gone)
    note = Note.objects.get(household=kept).text
    for said in ("Kary Moen", "kari@x.example", "Storgt 1", "W" * 1999, "trains"):
        assert said in note
    assert "99 88 77 66" not in note
    assert "01817050006" not in note
    assert dict(merged.left_out) == {"newcomers.Household": 3, "newcomers.Person": 2}
    undoing.undo(merged, by=UserFactory(), on=TODAY)
    assert not Note.objects.exists()


@pytest.mark.parametrize("later", ["kept", "gone"])
@pytest.mark.parametrize("field", ["phone", "email"])
def test_of_a_yes_and_a_no_the_later_one_holds(kept: Household, gone: Household, field: str, later: str) -> None:
    people = {"kept": kept.persons.get(), "gone": gone.persons.get(name="Kary Moen")}
    earlier = people["gone" if later == "kept" else "kept"]
    give_consent(earlier, field=field)
    give_consent(people[later], field=field)
    withdraw_consent(people[later], field=field)
    before = everything()["newcomers.Consent"]
    merged = merge(kept, gone)
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    undoing.undo(merged, by=UserFactory(), on=TODAY)
    assert everything()["newcomers.Consent"] == before


def test_a_yes_after_a_no_holds(kept: Household, gone: Household) -> None:
    give_consent(kept.persons.get(), field="phone")
    withdraw_consent(kept.persons.get(), field="phone")
    give_consent(gone.persons.get(name="Kary Moen"), field="phone")
    merge(kept, gone)
    assert Consent.objects.get(withdrawn_at=None).person == kept.persons.get(name="Kari Moen")


def test_who_has_looked_follows(kept: Household, gone: Household) -> None:
    """The log names a household by its number alone."""
    for home in (kept, gone):
        access_log.note(by=UserFactory(), role="", kind=AccessKind.VIEWED, page="x", seen=access_log.seen(
            Household.objects.filter(pk=home.pk)))  # fmt: skip
    merged = merge(kept, gone)
    assert AccessEntry.objects.filter(household_ref=kept.pk).count() == 2
    undoing.undo(merged, by=UserFactory(), on=TODAY)
    assert AccessEntry.objects.filter(household_ref=kept.pk).count() == 1
    assert AccessEntry.objects.filter(household_ref=gone.pk).count() == 1


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
    assert [(row.from_state, row.to_state) for row in kept.moves.all()] == [("planning", "moved_in")]
    undoing.undo(merged, by=UserFactory(), on=TODAY)
    kept.refresh_from_db()
    assert (kept.state, kept.moved_in_on) == (HouseholdState.PLANNING, date(2026, 12, 1))
    assert not kept.moves.exists()


def test_who_was_planning_there_and_has_settled_here_needs_no_host(kept: Household, gone: Household) -> None:
    Household.objects.filter(pk=kept.pk).update(state=HouseholdState.PLANNING)
    Household.objects.filter(pk=gone.pk).update(state=HouseholdState.SETTLED)
    assignment = accepted(host=HostFactory(municipality=kept.municipality), household=kept)
    merge(kept, gone)
    kept.refresh_from_db()
    assert kept.state == HouseholdState.SETTLED
    assert kept.assignments.get(pk=assignment.pk) not in kept.assignments.open()


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
def test_neither_of_two_accounts_of_one_person_loses_the_household(kept: Household, gone: Household) -> None:
    for name in ("Kari Moen", "Kary Moen"):
        Person.objects.filter(name=name).update(user=UserFactory())
    merge(kept, gone, accounts_too=True)
    assert kept.persons.filter(name__in=["Kari Moen", "Kary Moen"]).exclude(user=None).count() == 2
    assert "Kari Moen signs in with two accounts" in Note.objects.get().text


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
    assert undoing.undo(merged, by=UserFactory(), on=TODAY) == []
    assert without_version(everything()) == before
    assert (merged.undone_on, merged.snapshot, merged.may_be_undone) == (TODAY, {}, False)


def test_what_was_changed_since_stays_and_is_said(kept: Household, gone: Household) -> None:
    merged = merge(kept, gone)
    Household.objects.filter(pk=kept.pk).update(wishes="A band")
    PersonFactory(household=kept, name="Eli Ny", position=5)
    assert undoing.undo(merged, by=UserFactory(), on=TODAY) == [f"{Household._meta.verbose_name}: 1"]
    assert Household.objects.get(pk=kept.pk).wishes == "A band"
    assert kept.persons.filter(name="Eli Ny").exists()
    assert gone.persons.count() == 3


def test_what_was_taken_back_since_stays_taken_back(kept: Household, gone: Household) -> None:
    """Both rows of the same person have said yes; the one that is left says no, and no to post."""
    for home in (kept, gone):
        give_consent(home.persons.order_by("position").first(), field="phone")
        give_consent(home.persons.order_by("position").first(), field="email")
    merged = merge(kept, gone)
    withdraw_consent(kept.persons.get(name="Kari Moen"), field="phone")
    Household.objects.filter(pk=kept.pk).update(wants_post=False)
    undoing.undo(merged, by=UserFactory(), on=TODAY)
    still = Consent.objects.filter(withdrawn_at=None).values_list("person__name", "field")
    assert set(still) == {("Kari Moen", "email"), ("Kary Moen", "email")}
    assert set(Household.objects.values_list("wants_post", flat=True)) == {False}


@pytest.mark.parametrize("in_bulk", [False, True])
def test_who_moved_out_since_does_not_come_back(kept: Household, gone: Household, in_bulk: bool) -> None:
    give_consent(gone.persons.get(name="Kary Moen"), field="phone")
    PersonFactory(household=kept, child=True, birth_year=2019)
    merged = merge(kept, gone)
    members.remove_child(kept, birth_year=2019)
    kari = kept.persons.get(name="Kari Moen")
    if in_bulk:
        Person.objects.filter(pk=kari.pk).delete()
    else:
        members.moved_out(kari, by=UserFactory())
        merged.refresh_from_db()
        assert "kari@x.example" not in str(merged.snapshot)
    undoing.undo(merged, by=UserFactory(), on=TODAY)
    assert [person.name for person in Person.objects.all()] == ["Ola Li"]
    assert not Consent.objects.exists()


@pytest.mark.usefixtures("in_english")
def test_it_is_undone_once_and_not_after_30_days(kept: Household, gone: Household) -> None:
    merged = merge(kept, gone)
    assert pairs.drop_undecided(on=TODAY + timedelta(days=30)) == 0
    assert pairs.drop_undecided(on=TODAY + timedelta(days=31)) == 1
    with pytest.raises(merging.MergeRefused, match="any more"):
        undoing.undo(Merge.objects.get(pk=merged.pk), by=UserFactory(), on=date(2027, 1, 1))
    assert Household.objects.get() == kept


def test_protecting_forgets_how_it_was(kept: Household, gone: Household) -> None:
    merged = merge(kept, gone)
    assert "Storgt" in str(Merge.objects.get().snapshot)
    restrict(kept, by=None)
    assert Merge.objects.get().snapshot == {}
    with pytest.raises(merging.MergeRefused):
        undoing.undo(merged, by=UserFactory(), on=TODAY)
    assert not Pair.objects.exists()
