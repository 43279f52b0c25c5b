"""What a page does not offer is posted all the same: other towns' rows to actions, pages and pop-ups of the office."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from newcomers.models import BulkMessage, Household, Pair
from portal.municipalities.enums import ROLE_PERMISSIONS, Role
from tests.access.cast import Town, client_of, somebody_of_both
from tests.access.rows import ROWS
from tests.access.test_admin import SCOPED, label, url
from tests.factories import HouseholdFactory

# What the questions asked before an action would be answered with.
ANSWERS = {"apply": "1", "post": "yes", "reason": "x"}


def _actions(model_admin: Any) -> list[tuple[str, Any]]:
    """What each action is called, and the permission it needs."""
    given = [model_admin.get_action(action) for action in [*(model_admin.actions or ()), "delete_selected"]]
    return [(name, model_admin.permission_for(function)) for function, name, _title in given]


@pytest.mark.parametrize("pair", SCOPED, ids=label)
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SERVICE_OFFICER, Role.EDITOR])
def test_no_action_reaches_a_row_of_the_next_town(gol: Town, aal: Town, pair: Any, role: str) -> None:
    model, model_admin = pair
    if model_admin.view_permission not in ROLE_PERMISSIONS[role]:
        return
    ROWS[model](gol)
    other = model._base_manager.filter(pk=ROWS[model](aal).pk)
    before = other.values().get()
    answers = ANSWERS | {"owner": gol.people["host"].pk, "host": gol.assignment.host_id}
    for action, _needed in _actions(model_admin):
        chosen = {"action": action, "_selected_action": [before["id"]]} | answers
        client_of(gol.people[role]).post(url(model, "changelist"), chosen)
        assert other.values().get() == before, action


PRIVACY = ROLE_PERMISSIONS[Role.PRIVACY_OFFICER]
# What a privacy officer sees but may not do, if they had these actions to do it with.
SEEN_ONLY = [
    (model, model_admin, action)
    for model, model_admin in SCOPED
    if model_admin.view_permission in PRIVACY
    for action, needed in _actions(model_admin)
    if needed and needed not in PRIVACY
]


@pytest.mark.parametrize(
    ("model", "model_admin", "action"), SEEN_ONLY, ids=[f"{label(row)}-{row[2]}" for row in SEEN_ONLY]
)
def test_a_role_in_one_town_changes_nothing_where_one_only_looks(
    gol: Town, aal: Town, model: Any, model_admin: Any, action: str
) -> None:
    """Somebody who may do it next door, and here may only see: neither one row nor all of them."""
    own = model._base_manager.filter(pk=ROWS[model](gol).pk)
    HouseholdFactory(municipality=gol.municipality)
    before, client = own.values().get(), client_of(somebody_of_both(gol, aal))
    assert client.get(url(model, "change", before["id"])).status_code == 200
    seen = list(model._base_manager.filter(municipality=gol.municipality).values_list("pk", flat=True))
    chosen = {"action": action, "_selected_action": seen, "owner": gol.people[Role.COORDINATOR].pk} | ANSWERS
    for every in ("0", "1"):
        client.post(url(model, "changelist"), chosen | {"select_across": every})
    assert own.values().get() == before
    started = [rows.filter(municipality=gol.municipality) for rows in (BulkMessage.objects, Pair.objects)]
    assert [rows.exclude(pk=before["id"]).exists() for rows in started] == [False, False]


def test_some_actions_are_for_those_who_may_do_more_than_look() -> None:
    """Otherwise the test above would look at nothing."""
    assert {action for model, _admin, action in SEEN_ONLY if model is Household} >= {"write_to_them", "mark_settled"}


def test_what_stands_below_a_row_can_be_changed_where_the_row_can(gol: Town, aal: Town) -> None:
    """The people on the page of a household."""
    client = client_of(somebody_of_both(gol, aal))
    below = 'name="persons-0-name"'
    assert below in client.get(url(Household, "change", aal.household.pk)).content.decode()
    assert below not in client.get(url(Household, "change", gol.household.pk)).content.decode()


@pytest.mark.parametrize("pair", SCOPED, ids=label)
def test_pages_of_our_own_know_no_row_of_the_next_town(gol: Town, aal: Town, pair: Any) -> None:
    """Papers, previews, buttons: whatever an admin adds to Django's own pages."""
    model, model_admin = pair
    other, client = ROWS[model](aal), client_of(gol.people[Role.COORDINATOR])
    own_pages = [page for page in model_admin.get_urls() if "pk" in page.pattern.converters]
    for page in own_pages:
        arguments = {"pk": other.pk} | ({"language": "nb"} if "language" in page.pattern.converters else {})
        address = reverse(f"admin:{page.name}", kwargs=arguments)
        assert client.get(address).status_code in {404, 405}
        assert client.post(address).status_code in {404, 405}


def test_some_admins_have_pages_of_their_own() -> None:
    """Otherwise the test above would look at nothing."""
    named = {page.name for _model, model_admin in SCOPED for page in model_admin.get_urls() if page.pattern.converters}
    assert {"newcomers_household_protect", "letters_letter_paper", "packages_packagerun_letters"} <= named


@pytest.mark.parametrize("pair", SCOPED, ids=label)
def test_a_pop_up_shows_no_row_of_the_next_town(gol: Town, aal: Town, pair: Any) -> None:
    model, _model_admin = pair
    client = client_of(gol.people[Role.COORDINATOR])
    assert client.get(url(model, "change", ROWS[model](aal).pk), {"_popup": 1, "_to_field": "id"}).status_code == 404
