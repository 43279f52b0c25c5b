"""What a page does not offer is posted all the same: other towns' rows to actions, pages and pop-ups of the office."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.municipalities.enums import ROLE_PERMISSIONS, Role
from tests.access.cast import Town, client_of
from tests.access.rows import ROWS
from tests.access.test_admin import SCOPED, label, url

# What the questions asked before an action would be answered with.
ANSWERS = {"apply": "1", "post": "yes", "reason": "x"}


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
    for action in [*(model_admin.actions or ()), "delete_selected"]:
        chosen = {"action": action, "_selected_action": [before["id"]]} | answers
        client_of(gol.people[role]).post(url(model, "changelist"), chosen)
        assert other.values().get() == before, action


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
