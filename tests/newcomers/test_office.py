"""The office's work with households: what waits, who has it, notes, and two who edit one household."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from newcomers import services
from newcomers.enums import HouseholdState, NoteKind
from newcomers.models import DeskConfirmation, Household, Note, Preferences, SavedView, WayIn
from newcomers.office import inbox
from newcomers.office import services as office
from portal import clock, registry
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality, StaffRole
from portal.outbox.models import Message
from privacy.models import AccessEntry
from tests.access.cast import client_of
from tests.conftest import TODAY
from tests.factories import (
    DatedTaskFactory,
    HouseholdFactory,
    MunicipalityFactory,
    PersonFactory,
    PostcodeFactory,
    StaffRoleFactory,
    UserFactory,
)
from tests.hosting.factories import accepted, talked
from tests.newcomers.movers import IDENTITY_NUMBER
from welcome.hosting.enums import Outcome

pytestmark = pytest.mark.django_db
LIST = "/admin/newcomers/household/"


@pytest.fixture
def gol(monkeypatch: Any) -> Municipality:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return PostcodeFactory(code="3550", city="Gol").municipality


@pytest.fixture
def officer(gol: Municipality) -> Any:
    user = UserFactory(email="officer@gol.example", name="Olga Officer", language="en")
    return StaffRoleFactory(user=user, municipality=gol, role=Role.SERVICE_OFFICER).user


@pytest.fixture
def client(officer: Any) -> Client:
    return client_of(officer)


def household(*, days_ago: int = 0, **given: Any) -> Household:
    """In the list since so many days."""
    made = HouseholdFactory(**given)
    noon = timezone.now().replace(year=TODAY.year, month=TODAY.month, day=TODAY.day, hour=12)
    Household.objects.filter(pk=made.pk).update(created_at=noon - timedelta(days=days_ago))
    made.refresh_from_db()
    return made


def listed(client: Client, query: str = "") -> set[Household]:
    return set(client.get(f"{LIST}{query}").context["cl"].queryset)


def url(page: str, *args: Any) -> str:
    return reverse(f"admin:newcomers_household_{page}", args=args)


# --- What waits ---


def test_new_are_those_of_two_weeks_whom_nobody_has(client: Client, officer: Any) -> None:
    new = household(days_ago=14)
    household(days_ago=15)
    household(owner=officer)
    accepted(household=household())
    household(state=HouseholdState.MOVED_AWAY)
    assert listed(client, "?show=new") == {new}


def test_nobody_has_a_household_without_colleague_and_host(client: Client, officer: Any) -> None:
    alone = household(days_ago=300)
    household(owner=officer)
    followed = household()
    assignment = accepted(household=followed)
    assert listed(client, "?show=unassigned") == {alone}
    type(assignment).objects.update(state="ended", ended_on=TODAY)
    assert listed(client, "?show=unassigned") == {alone, followed}


def test_who_has_left_the_office_has_no_household(client: Client, officer: Any, gol: Municipality) -> None:
    """Left altogether, without a task for households now, or at work in the next town alone."""
    gone, moved, next_door = (StaffRoleFactory(municipality=gol) for _number in range(3))
    left = {household(owner=role.user, days_ago=30) for role in (gone, moved, next_door)}
    kept = household(owner=officer)
    assert listed(client, "?show=unassigned") == listed(client, "?owner=none") == set()
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    StaffRole.objects.filter(pk=moved.pk).update(role=Role.EDITOR)
    StaffRole.objects.filter(pk=next_door.pk).update(municipality=MunicipalityFactory(aal=True))
    assert listed(client, "?show=unassigned") == listed(client, "?owner=none") == left
    steps = inbox.next_steps([*left, kept], TODAY)
    assert {home for home in [*left, kept] if steps[home.pk].title == gettext("Decide who has this household")} == left


def test_waiting_are_those_nobody_was_in_touch_with(client: Client) -> None:
    waiting = household()
    household(contacted_on=TODAY)
    household(state=HouseholdState.SETTLED)
    assert listed(client, "?show=waiting") == {waiting}


def test_late_is_what_was_promised_for_yesterday_to_them_or_to_their_host(client: Client) -> None:
    own, with_host, today = household(), household(), household()
    DatedTaskFactory(subject=own, due_on=TODAY - timedelta(days=1))
    DatedTaskFactory(subject=today, due_on=TODAY)
    DatedTaskFactory(subject=household(), due_on=TODAY - timedelta(days=9), done_on=TODAY)
    accepted(household=with_host).tasks.update(due_on=TODAY - timedelta(days=2))
    assert listed(client, "?show=late") == {own, with_host}


def test_a_protected_household_stands_on_no_tab(client: Client) -> None:
    hidden = household(restricted_household=True)
    DatedTaskFactory(subject=hidden, due_on=TODAY - timedelta(days=1))
    assert [listed(client, f"?show={tab}") for tab, _title in inbox.TABS] == [set()] * 5


def test_the_page_of_today_counts_the_same(client: Client) -> None:
    DatedTaskFactory(subject=household(days_ago=3), due_on=TODAY - timedelta(days=1))
    household(days_ago=40)
    queues = {queue.url: queue.count for queue in client.get("/admin/").context["queues"]}
    assert queues[f"{LIST}?show=late"] == 1
    assert queues[f"{LIST}?show=new"] == 1
    assert queues[f"{LIST}?show=waiting"] == 1  # the other one came three days ago: there is time
    assert len(listed(client, "?show=waiting")) == 2


@pytest.mark.usefixtures("in_english")
def test_the_list_says_what_comes_next_for_each(client: Client, officer: Any) -> None:
    alone, silent = household(), household(days_ago=20, owner=officer)
    followed = accepted(household=household(contacted_on=TODAY, adults=0))
    PersonFactory(household=followed.household, name="Frida Følgt")
    steps = inbox.next_steps([alone, silent, followed.household], TODAY)
    assert steps[alone.pk].title == "Decide who has this household"
    assert (steps[silent.pk].title, steps[silent.pk].is_late) == ("Get in touch", True)
    due_on = followed.tasks.open().get().due_on
    assert steps[followed.household.pk].due_on == due_on
    page = client.get(LIST).content.decode()
    assert "Decide who has this household" in page
    assert "Get in touch" in page


# --- Filters ---


def test_each_filter_finds_its_own(client: Client, gol: Municipality, officer: Any) -> None:
    PostcodeFactory(code="3560", city="Hemsedal", municipality=gol)
    way = WayIn.objects.create(municipality=gol, code="kiwi", name="Kiwi")
    wanted = household(postcode="3560", city="Hemsedal", language="so", way_in=way, owner=officer, reason="work",
                       moved_in_on=TODAY - timedelta(days=10))  # fmt: skip
    Preferences.objects.create(household=wanted, important=["work"], home_tenure="rent", segment="remote workers")
    wanted.persons.update(wants_job=True)
    PersonFactory(household=wanted, is_adult=False, name="", birth_year=2020)
    other = household(moved_in_on=date(2024, 1, 1), adults__birth_year=1950)
    Preferences.objects.create(household=other, important=["learn"])
    for query in ["area=Hemsedal", "language=other", f"way={way.pk}", "owner=me", "need=job",
                  "need=home", "important=work", "moved=month", "reason__exact=work", "q=remote",
                  "words=Remote", "children=with", "age=35_49", "age=35_49&children=with&words=workers"]:  # fmt: skip
        assert listed(client, f"?{query}") == {wanted}, query
    assert listed(client, "?moved=earlier") == {other}
    assert listed(client, "?owner=none") == {other}
    assert listed(client, "?situation=lives_here&children=without") == {other}
    assert listed(client, "?language=nb") == {other}


def test_filters_offer_nothing_of_the_next_town(client: Client, gol: Municipality) -> None:
    aal = MunicipalityFactory(aal=True)
    PostcodeFactory(code="3570", city="Ål sentrum", municipality=aal)
    WayIn.objects.create(municipality=aal, code="rema", name="Rema in the next town")
    StaffRoleFactory(user=UserFactory(name="Nabo Nilsen"), municipality=aal)
    page = client.get(LIST).content.decode()
    assert not [words for words in ("Ål sentrum", "Rema", "Nabo Nilsen") if words in page]


# --- Saved views ---


def save_view(client: Client, query: str, **typed: str) -> str:
    return client.post(url("save_view"), {"query": query, "name": "Mine", **typed}, follow=True).content.decode()


def test_a_view_is_saved_without_the_search_and_shown_to_its_owner(client: Client, gol: Municipality) -> None:
    page = save_view(client, "?show=late&q=Kari+Moen&p=3&state__exact=moved_in&e=1&o=3")
    view = SavedView.objects.get()
    assert view.query == "o=3&show=late&state__exact=moved_in"
    assert f'href="{LIST}?o=3&amp;show=late&amp;state__exact=moved_in"' in page
    colleague = StaffRoleFactory(municipality=gol).user
    assert "Mine" not in client_of(colleague).get(LIST).content.decode()


def test_a_view_keeps_words_of_their_own_and_the_group_they_stand_in(client: Client) -> None:
    save_view(client, "?words=remote&age=25_34&q=Kari+Moen")
    assert SavedView.objects.get().query == "age=25_34&words=remote"
    page = client.get(f"{LIST}?words=remote&age=25_34").content.decode()
    assert '<input type="text" name="words" value="remote"' in page
    assert '<input type="hidden" name="age" value="25_34">' in page


def test_a_shared_view_is_the_offices_and_not_the_next_towns(client: Client, gol: Municipality) -> None:
    save_view(client, "?show=new", name="Everybody", municipality=str(gol.pk))
    colleague = StaffRoleFactory(municipality=gol).user
    assert "Everybody" in client_of(colleague).get(LIST).content.decode()
    neighbour = StaffRoleFactory(municipality=MunicipalityFactory(aal=True)).user
    assert "Everybody" not in client_of(neighbour).get(LIST).content.decode()


def test_views_have_names_of_their_own_without_identity_numbers(client: Client) -> None:
    save_view(client, "?show=new")
    assert "You have a view by that name already." in save_view(client, "?show=late")
    save_view(client, "?show=late", name=f"Kari {IDENTITY_NUMBER}")
    save_view(client, "?show=late", name="Next door", municipality=str(MunicipalityFactory(aal=True).pk))
    assert SavedView.objects.count() == 1


def test_a_view_is_deleted_by_its_owner_or_by_who_leads_the_office(client: Client, gol: Municipality) -> None:
    save_view(client, "?show=new", municipality=str(gol.pk))
    view = SavedView.objects.get()
    colleague = client_of(StaffRoleFactory(municipality=gol).user)
    assert colleague.post(url("delete_view", view.pk)).status_code == 404
    neighbour = client_of(StaffRoleFactory(municipality=MunicipalityFactory(aal=True), coordinator=True).user)
    assert neighbour.post(url("delete_view", view.pk)).status_code == 404
    assert client.get(url("delete_view", view.pk)).status_code == 405
    leader = client_of(StaffRoleFactory(municipality=gol, coordinator=True).user)
    assert leader.post(url("delete_view", view.pk)).status_code == 302
    assert not SavedView.objects.exists()


# --- Giving them to somebody ---


def give(client: Client, *households: Household, **typed: Any) -> Any:
    chosen = {"action": "give_to_colleague", "_selected_action": [h.pk for h in households]}
    return client.post(LIST, chosen | typed, follow=True)


def test_giving_asks_first_and_says_how_many(client: Client, gol: Municipality) -> None:
    colleague = StaffRoleFactory(user=UserFactory(name="Kai Kollega"), municipality=gol).user
    chosen = [household(), household()]
    page = give(client, *chosen).content.decode()
    assert "2 households get somebody." in page
    assert not Household.objects.filter(owner=colleague).exists()
    page = give(client, *chosen, apply="1", owner=colleague.pk).content.decode()
    assert "2 households are Kai Kollega" in page
    assert set(Household.objects.filter(owner=colleague)) == set(chosen)


def test_all_that_the_filter_finds_are_given_not_only_the_page(client: Client, gol: Municipality) -> None:
    colleague = StaffRoleFactory(municipality=gol).user
    found = [household() for _number in range(3)]
    household(language="pl")
    typed = {"action": "give_to_colleague", "_selected_action": [found[0].pk], "select_across": "1"}
    page = client.post(f"{LIST}?language=nb", typed).content.decode()
    assert "3 households" in page
    assert 'name="select_across" value="1"' in page
    client.post(f"{LIST}?language=nb", typed | {"apply": "1", "owner": colleague.pk})
    assert set(Household.objects.filter(owner=colleague)) == set(found)


@pytest.mark.usefixtures("in_english")
def test_closing_asks_first_says_how_many_and_leads_back_to_the_page_it_came_from(client: Client) -> None:
    here, settled, gone = household(), household(state="settled"), household(state="moved_away")
    both = {"action": "mark_moved_away", "_selected_action": [here.pk, settled.pk]}
    page = client.post(LIST, both).content.decode()
    assert "2 households have moved away" in page
    assert Household.objects.get(state=HouseholdState.MOVED_AWAY) == gone
    page = client.post(LIST, both | {"apply": "1", "_selected_action": [here.pk, gone.pk]}, follow=True)
    assert "1 household: moved away" in page.content.decode()
    assert "1 could not be moved there" in page.content.decode()
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {str(here.pk)}
    own = {"action": "mark_moved_away", "_selected_action": [settled.pk], "from_page": "1"}
    page = client.post(LIST, own).content.decode()
    assert '<input type="hidden" name="from_page" value="1">' in page
    assert f'href="{url("change", settled.pk)}">No, go back' in page
    assert client.post(LIST, own | {"apply": "1"}).url == url("change", settled.pk)


def test_whoever_was_changed_without_being_on_the_page_is_written_down_too(client: Client, gol: Municipality) -> None:
    found = {household(adults=0).pk for _number in range(60)}
    chosen = {"action": "mark_settled", "_selected_action": sorted(found)[:50], "select_across": "1", "apply": "1"}
    client.post(LIST, chosen)
    assert Household.objects.filter(state=HouseholdState.SETTLED).count() == 60
    assert set(AccessEntry.objects.filter(kind="changed").values_list("household_ref", flat=True)) == found


def test_two_side_by_side_are_both_written_down(client: Client) -> None:
    both = [household(), household()]
    client.post(LIST, {"action": "look_side_by_side", "_selected_action": [h.pk for h in both]}, follow=True)
    viewed = AccessEntry.objects.filter(kind="viewed", page="admin:newcomers_pair_change")
    assert set(viewed.values_list("household_ref", flat=True)) == {h.pk for h in both}


def test_only_colleagues_who_change_households_give_and_get_one(
    client: Client, officer: Any, gol: Municipality
) -> None:
    editor = StaffRoleFactory(municipality=gol, editor=True).user
    neighbour = StaffRoleFactory(municipality=MunicipalityFactory(aal=True)).user
    wanted = household()
    for stranger in (editor, neighbour, UserFactory()):
        give(client, wanted, apply="1", owner=stranger.pk)
        with pytest.raises(office.NotAColleague):
            office.assign(households=Household.objects.all(), owner=stranger, by=officer)
        with pytest.raises(office.NotAColleague):
            office.assign(households=Household.objects.all(), owner=officer, by=stranger)
    wanted.refresh_from_db()
    assert wanted.owner is None


@pytest.mark.usefixtures("in_english")
def test_the_form_gives_no_household_to_a_colleague_of_the_next_town(client: Client, officer: Any) -> None:
    aal = MunicipalityFactory(aal=True)
    StaffRoleFactory(user=officer, municipality=aal)
    neighbour = StaffRoleFactory(municipality=aal).user
    wanted = household()
    answer = client.post(url("change", wanted.pk), form_of(client, wanted) | {"owner": neighbour.pk})
    assert "They do not work with the households of Gol." in answer.context["adminform"].form.errors["owner"]
    wanted.refresh_from_db()
    assert wanted.owner is None


def test_households_of_two_towns_are_not_given_together(gol: Municipality) -> None:
    role = StaffRoleFactory(municipality=gol)
    aal = MunicipalityFactory(aal=True)
    StaffRoleFactory(user=role.user, municipality=aal)
    page = give(client_of(role.user), household(), household(municipality=aal)).content.decode()
    assert "Choose households of one municipality." in page


def test_one_takes_a_household_with_one_press(client: Client, officer: Any) -> None:
    wanted = household()
    assert client.get(url("take", wanted.pk)).status_code == 405
    page = client.post(url("take", wanted.pk), follow=True).content.decode()
    assert "You have this household now." in page
    assert "Take it: I have this household" not in page
    wanted.refresh_from_db()
    assert wanted.owner == officer


# --- In touch ---


def test_we_talked_today_is_noted_with_one_press(client: Client) -> None:
    wanted = household()
    client.post(url("talked", wanted.pk))
    wanted.refresh_from_db()
    assert wanted.contacted_on == TODAY
    assert wanted.notes.get().kind == NoteKind.TALKED
    page = client.get(url("change", wanted.pk)).content.decode()
    assert "The office talked with them" in page
    assert "talked with you" not in page
    for_them = [entry.title for entry in registry.timeline(wanted, TODAY, for_staff=False)]
    assert "The service office talked with you" in for_them


def test_a_host_who_talked_was_in_touch_and_one_who_rang_in_vain_was_not() -> None:
    assignment = accepted(household=household())
    talked(assignment, on=TODAY, outcome=Outcome.NOT_REACHED)
    assert Household.objects.get(pk=assignment.household_id).contacted_on is None
    conversation = talked(assignment, on=TODAY)
    assert Household.objects.get(pk=assignment.household_id).contacted_on == conversation.on


def test_an_earlier_contact_moves_nothing_back() -> None:
    wanted = household(contacted_on=TODAY)
    office.note_contact(wanted, TODAY - timedelta(days=3))
    assert Household.objects.get().contacted_on == TODAY


# --- Notes ---


def note(client: Client, wanted: Household, **typed: str) -> Any:
    return client.post(url("note", wanted.pk), {"kind": "note", "on": "2026-11-20", "text": "Wants a garden."} | typed)


def test_a_note_stands_on_the_timeline_with_who_wrote_it(client: Client) -> None:
    wanted = household()
    assert note(client, wanted).status_code == 302
    page = client.get(url("change", wanted.pk)).content.decode()
    assert "Wants a garden." in page
    assert "Note (Olga Officer)" in page
    assert "The household may read it." in page
    assert Household.objects.get().contacted_on is None
    note(client, wanted, kind="talked")
    assert Household.objects.get().contacted_on == date(2026, 11, 20)


def test_a_note_holds_no_identity_number_and_keeps_what_was_typed(client: Client) -> None:
    answer = note(client, household(), text=f"Her number is {IDENTITY_NUMBER}, she likes skiing.")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "she likes skiing" in page
    assert IDENTITY_NUMBER not in page
    assert not Note.objects.exists()


def test_a_note_that_looks_like_health_is_kept_at_the_second_press(client: Client) -> None:
    wanted, text = household(), "Asks about her diabetes."
    answer = note(client, wanted, text=text)
    assert text in answer.content.decode()
    assert not Note.objects.exists()
    confirmed = answer.context["form"]["health_confirmed"].value()
    assert note(client, wanted, text=text, health_confirmed=confirmed).status_code == 302
    assert Note.objects.get().text == text


def test_a_note_is_mended_by_its_author_on_the_same_day_alone(client: Client, gol: Municipality) -> None:
    note(client, household())
    written = Note.objects.get()
    change = url("change_note", written.pk)
    colleague = client_of(StaffRoleFactory(municipality=gol).user)
    assert colleague.post(change, {"text": "Something else"}).status_code == 404
    client.post(change, {"text": "Wants a kitchen garden."})
    written.refresh_from_db()
    assert written.text == "Wants a kitchen garden."
    Note.objects.update(written_at=timezone.now() - timedelta(days=1))
    page = client.post(change, {"text": "Never"}, follow=True).content.decode()
    assert "A note can be changed on the day it was written." in page
    written.refresh_from_db()
    assert written.text == "Wants a kitchen garden."


def test_notes_of_the_next_town_and_of_protected_households_are_not_found(client: Client, officer: Any) -> None:
    for hidden in (household(municipality=MunicipalityFactory(aal=True)), household(restricted_household=True)):
        written = Note.objects.create(household=hidden, text="x", by=officer, on=TODAY)
        assert client.get(url("change_note", written.pk)).status_code == 404
        assert note(client, hidden).status_code == 404
        assert client.post(url("talked", hidden.pk)).status_code == 404
        assert client.post(url("take", hidden.pk)).status_code == 404


# --- Two tabs ---


def form_of(client: Client, wanted: Household) -> dict[str, Any]:
    """What a browser would send back from the page as it was opened."""
    context = client.get(url("change", wanted.pk)).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent = {}
    for form in forms:
        for name in form.fields:
            value = form[name].value()
            if value is not None and value is not False:
                sent[form.add_prefix(name)] = "on" if value is True else value
    return sent


def test_of_two_tabs_the_second_is_told_and_loses_nothing(client: Client, gol: Municipality) -> None:
    wanted = household(street="Storgata 1")
    page = url("change", wanted.pk)
    mine, theirs = form_of(client, wanted), form_of(client, wanted)
    assert client.post(page, theirs | {"street": "Storgata 2"}).status_code == 302
    answer = client.post(page, mine | {"street": "Storgata 9", "wishes": "A long text"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody else has saved this household since you opened it." in text
    assert "now stands “Storgata 2”, you have typed “Storgata 9”" in text
    assert "A long text" in text
    assert Household.objects.get().street == "Storgata 2"
    # Having seen it, they decide.
    seen = mine | {"street": "Storgata 9", "version_seen": answer.context["adminform"].form["version_seen"].value()}
    assert client.post(page, seen).status_code == 302
    assert Household.objects.get().street == "Storgata 9"


def test_what_differs_in_persons_is_told_too(client: Client, gol: Municipality) -> None:
    wanted = household(adults=0)
    PersonFactory(household=wanted, name="Kari Moen", phone="")
    page = url("change", wanted.pk)
    mine, theirs = form_of(client, wanted), form_of(client, wanted)
    client.post(page, theirs | {"persons-0-phone": "00 00 00 31"})
    text = client.post(page, mine | {"persons-0-name": "Kari Lie"}).content.decode()
    assert "now stands “Kari Moen”, you have typed “Kari Lie”" in text
    assert "now stands “00 00 00 31”, you have typed “–”" in text


def test_a_page_without_a_version_saves_nothing(client: Client, gol: Municipality) -> None:
    wanted = household(street="Storgata 1")
    sent = form_of(client, wanted) | {"street": "Storgata 9"}
    del sent["version_seen"]
    assert client.post(url("change", wanted.pk), sent).status_code == 200
    assert Household.objects.get().street == "Storgata 1"


def test_saving_in_the_same_moment_is_told_as_well(client: Client, gol: Municipality, monkeypatch: Any) -> None:
    """The other one saves after our form was checked, and before it is written."""
    wanted = household(street="Storgata 1")
    sent = form_of(client, wanted) | {"street": "Storgata 9"}
    claim, calls = services.claim_version, []

    def too_late(household: Household, version: int) -> None:
        if not calls:
            calls.append(1)
            raise services.ChangedMeanwhile
        claim(household, version)

    monkeypatch.setattr(services, "claim_version", too_late)
    assert client.post(url("change", wanted.pk), sent).status_code in {200, 302}
    assert calls


def test_saving_leaves_what_no_form_holds_as_others_made_it(client: Client, gol: Municipality) -> None:
    """Moved away and in touch while the page was open: no old value is written back."""
    wanted = household()
    sent = form_of(client, wanted)
    services.move(wanted, to=HouseholdState.SETTLED, by=None, on=TODAY)
    office.note_contact(wanted, TODAY)
    assert client.post(url("change", wanted.pk), sent | {"wishes": "Skiing"}).status_code == 302
    saved = Household.objects.get()
    assert (saved.state, saved.contacted_on, saved.wishes) == (HouseholdState.SETTLED, TODAY, "Skiing")


def test_a_corrected_address_is_asked_to_confirm_what_was_said_at_the_desk(client: Client, gol: Municipality) -> None:
    wanted = household(adults=0)
    person = PersonFactory(household=wanted, email="kari@wrong.example")
    DeskConfirmation.objects.create(person=person, email=person.email, consents=[["news", ""]], on=TODAY)
    sent = form_of(client, wanted) | {"persons-0-email": "kari@right.example"}
    assert client.post(url("change", wanted.pk), sent).status_code == 302
    row = DeskConfirmation.objects.get()
    assert (row.email, row.consents) == ("kari@right.example", [["news", ""]])
    assert Message.objects.get(kind="desk_copy").recipient == "kari@right.example"


# --- The page of one household ---


def test_the_next_step_stands_first_with_its_buttons(client: Client, gol: Municipality) -> None:
    page = client.get(url("change", household().pk)).content.decode()
    assert page.index("Decide who has this household") < page.index("office-timeline")
    for words in ("Take it: I have this household", "We talked today", "Settled: they stand on their own feet",
                  "Moved away", "Give them a host", "Add to the package run"):  # fmt: skip
        assert words in page
    settled = client.get(url("change", household(state=HouseholdState.SETTLED).pk)).content.decode()
    assert "Settled: they stand on their own feet" not in settled


@pytest.mark.usefixtures("in_english")
def test_the_list_is_headed_by_what_it_lists_and_begins_with_who_came_last(client: Client, gol: Municipality) -> None:
    moved = household()
    first, last = (household(state=HouseholdState.CONSIDERING, moved_in_on=None, days_ago=days) for days in (3, 1))
    page = client.get(url("changelist"))
    assert "<h1>Households</h1>" in page.content.decode()
    assert [row.pk for row in page.context["cl"].result_list] == [last.pk, first.pk, moved.pk]


def test_what_its_timeline_says_is_to_come_is_next_where_nothing_is_promised(client: Client, officer: Any) -> None:
    home = household(state=HouseholdState.PLANNING, owner=officer, contacted_on=TODAY, moved_in_on=date(2026, 12, 15))
    page = client.get(url("change", home.pk))
    coming = [e for e in registry.timeline(home, TODAY, for_staff=True) if e.state == "next"]
    step = page.context["next_step"]
    assert (step.title, step.due_on) == (coming[0].title, coming[0].on)
    assert "Nothing is promised" not in page.content.decode()
    assert page.content.decode().index('id="new-note"') < page.content.decode().index("office-timeline")


def test_one_press_takes_a_household_into_the_package_run(client: Client, gol: Municipality) -> None:
    wanted, next_door = household(), household(municipality=MunicipalityFactory(aal=True))
    add = reverse("admin:packages_packagerun_add_household", args=[wanted.pk])
    assert f'<form method="post" action="{add}">' in client.get(url("change", wanted.pk)).content.decode()
    assert client.get(add).status_code == 405
    answer = client.post(add, follow=True)
    assert answer.redirect_chain[-1][0] == url("change", wanted.pk)
    assert "They are in the package run of 2026Q4." in answer.content.decode()
    assert wanted.packages.get().run.quarter == "2026Q4"
    assert AccessEntry.objects.filter(household_ref=wanted.pk, kind="changed").exists()
    refused = client.post(reverse("admin:packages_packagerun_add_household", args=[household(wants_post=False).pk]),
                          follow=True)  # fmt: skip
    assert "They get no package now: does not want post" in refused.content.decode()
    for stranger in (next_door, household(restricted_household=True)):
        unknown = reverse("admin:packages_packagerun_add_household", args=[stranger.pk])
        assert client.post(unknown).status_code == 404
