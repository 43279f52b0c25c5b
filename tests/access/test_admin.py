"""The table of the office: every registered admin, every role, own town and the town next door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.urls import reverse

from newcomers.models import Household
from portal.municipalities.access import has_permission
from portal.municipalities.admin_base import ScopedAdmin
from portal.municipalities.enums import ROLE_PERMISSIONS, Permission, Role
from tests.access.cast import STAFF, Town, client_of
from tests.access.rows import ROWS
from tests.factories import HouseholdFactory, StaffRoleFactory, UserFactory

ADMINS: list[tuple[type[Model], ScopedAdmin]] = list(admin.site._registry.items())
SCOPED = [(model, model_admin) for model, model_admin in ADMINS if model_admin.municipality_path is not None]


def label(pair: Any) -> str:
    return pair[0]._meta.label if isinstance(pair, tuple) else str(pair)


def url(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_admin_is_scoped_and_has_a_row_here() -> None:
    assert ADMINS
    assert all(isinstance(model_admin, ScopedAdmin) for _model, model_admin in ADMINS)
    assert {model for model, _model_admin in SCOPED} == set(ROWS)


def test_an_admin_without_the_wall_cannot_be_registered() -> None:
    class Open(admin.ModelAdmin):
        pass

    with pytest.raises(TypeError, match="ScopedAdmin"):
        admin.site.register(LogEntry, Open)
    with pytest.raises(TypeError, match="ScopedAdmin"):
        admin.site.register(LogEntry)


@pytest.mark.parametrize("pair", ADMINS, ids=label)
@pytest.mark.parametrize("role", Role.values)
def test_a_list_opens_for_the_roles_that_may_see_it(gol: Town, pair: Any, role: str) -> None:
    model, model_admin = pair
    user = gol.people.get(role) or UserFactory(email="region@example.example")
    if role == Role.REGION_ADMINISTRATOR:
        StaffRoleFactory(user=user, region=True)
    may = model_admin.view_permission in ROLE_PERMISSIONS[role]
    assert client_of(user).get(url(model, "changelist")).status_code == (200 if may else 403)


@pytest.mark.parametrize("pair", ADMINS, ids=label)
def test_strangers_newcomers_and_hosts_find_nothing(gol: Town, pair: Any) -> None:
    model, _model_admin = pair
    for user in [UserFactory(), gol.people["newcomer"], gol.people["host"]]:
        assert client_of(user).get(url(model, "changelist")).status_code == 404
        assert client_of(user).get(url(model, "add")).status_code == 404
    assert client_of(None).get(url(model, "changelist")).status_code == 302


@pytest.mark.parametrize("pair", SCOPED, ids=label)
@pytest.mark.parametrize("role", STAFF)
def test_a_row_of_the_next_town_is_not_there(gol: Town, aal: Town, pair: Any, role: str) -> None:
    """Neither in the list, nor by its address, nor in its history, nor to delete."""
    model, model_admin = pair
    if model_admin.view_permission not in ROLE_PERMISSIONS[role]:
        return
    own, other = ROWS[model](gol), ROWS[model](aal)
    client = client_of(gol.people[role])
    shown = client.get(url(model, "changelist")).context["cl"].queryset
    assert shown.filter(pk=own.pk).exists()
    assert not shown.filter(pk=other.pk).exists()
    assert client.get(url(model, "change", own.pk)).status_code == 200
    for page in ["change", "history", "delete"]:
        assert client.get(url(model, page, other.pk)).status_code in ({404} if page != "delete" else {403, 404})
        assert client.post(url(model, page, other.pk), {"post": "yes"}).status_code in {403, 404, 405}
    assert model._base_manager.filter(pk=other.pk).exists()


@pytest.mark.parametrize("pair", SCOPED, ids=label)
def test_nothing_of_the_next_town_can_be_chosen(gol: Town, aal: Town, pair: Any) -> None:
    """Every choice in every form, for a coordinator of Gol."""
    model, model_admin = pair
    coordinator = gol.people[Role.COORDINATOR]
    for row_of in ROWS.values():
        row_of(aal)
    own = ROWS[model](gol)
    pages = [url(model, "change", own.pk)]
    if model_admin.add_permission in ROLE_PERMISSIONS[Role.COORDINATOR]:
        pages.append(url(model, "add"))
    for page in pages:
        answer = client_of(coordinator).get(page)
        for form in _forms(answer.context):
            for name, field in form.fields.items():
                choices = getattr(field, "queryset", None)
                foreign = [row for row in choices or [] if aal.municipality in _towns_of(row)]
                assert not foreign, f"{page}: {name}"


def _forms(context: Any) -> Iterator[Any]:
    if "adminform" in context:
        yield context["adminform"].form
    for formset in context.get("inline_admin_formsets", []):
        yield from formset.formset.forms


def _towns_of(row: Any) -> list[Any]:
    own = getattr(row, "municipality", None)
    return [row] if row._meta.label == "municipalities.Municipality" else [own] if own else []


@pytest.mark.parametrize("pair", ADMINS, ids=label)
def test_filters_and_autocomplete_offer_nothing_of_others(pair: Any) -> None:
    """A filter by a related row would list every town's rows."""
    _model, model_admin = pair
    for item in model_admin.list_filter:
        name = item[0] if isinstance(item, tuple) else item
        if isinstance(name, str):
            field = model_admin.opts.get_field(name) if "__" not in name else None
            assert field is not None, f"{name}: filters through a relation"
            assert not field.is_relation, name
        else:
            assert not issubclass(name, RelatedFieldListFilter)


def test_autocomplete_finds_ones_own_alone(gol: Town, aal: Town) -> None:
    client = client_of(gol.people[Role.SERVICE_OFFICER])
    found = client.get(
        reverse("admin:autocomplete"),
        {"term": "Nora", "app_label": "hosting", "model_name": "assignment", "field_name": "household"},
    ).json()["results"]
    assert [row["id"] for row in found] == [str(gol.household.pk)]


# --- Roles ---


@pytest.mark.parametrize("role", [Role.ANALYST, Role.EDITOR, Role.HOUSING_OFFICER, Role.REGION_ADMINISTRATOR])
def test_who_has_no_task_for_persons_sees_none(role: str) -> None:
    about_persons = {Permission.HOUSEHOLD_VIEW, Permission.HOSTS_MANAGE, Permission.PACKAGES_VIEW,
                     Permission.LETTERS_MANAGE, Permission.MESSAGES_VIEW, Permission.TASKS_VIEW}  # fmt: skip
    assert not about_persons & ROLE_PERMISSIONS[role]


def test_a_role_counts_in_its_own_town_alone(gol: Town, aal: Town) -> None:
    officer = gol.people[Role.SERVICE_OFFICER]
    assert has_permission(officer, Permission.HOUSEHOLD_VIEW, gol.municipality)
    assert not has_permission(officer, Permission.HOUSEHOLD_VIEW, aal.municipality)
    assert not has_permission(officer, Permission.ROLES_MANAGE)


def test_a_coordinator_gives_roles_but_makes_no_region_administrator(gol: Town) -> None:
    client = client_of(gol.people[Role.COORDINATOR])
    add = reverse("admin:municipalities_staffrole_add")
    typed = {"email": "Ny.Kollega@gol.example", "name": "Ny Kollega", "municipality": gol.municipality.pk}
    refused = client.post(add, typed | {"role": Role.REGION_ADMINISTRATOR, "municipality": ""})
    assert refused.status_code == 200
    assert "role" in refused.context["adminform"].form.errors
    assert client.post(add, typed | {"role": Role.EDITOR}).status_code == 302
    assert gol.municipality.staff_roles.filter(user__email="ny.kollega@gol.example", role=Role.EDITOR).exists()


def test_a_coordinator_gives_no_role_in_the_next_town(gol: Town, aal: Town) -> None:
    answer = client_of(gol.people[Role.COORDINATOR]).post(
        reverse("admin:municipalities_staffrole_add"),
        {"email": "x@x.example", "name": "X", "municipality": aal.municipality.pk, "role": Role.EDITOR},
    )
    assert "municipality" in answer.context["adminform"].form.errors
    assert not aal.municipality.staff_roles.filter(user__email="x@x.example").exists()


def test_the_region_administrator_switches_a_municipality_on(gol: Town, aal: Town) -> None:
    user = UserFactory()
    StaffRoleFactory(user=user, region=True)
    type(aal.municipality).objects.filter(pk=aal.municipality.pk).update(is_active=False)
    data = {"action": "switch_on", "_selected_action": [aal.municipality.pk]}
    assert client_of(user).post(reverse("admin:municipalities_municipality_changelist"), data).status_code == 302
    assert client_of(None).get("/nb/aal/").status_code == 200
    assert aal.municipality.purposes.exists(), "what it uses data for is there to be looked at and changed"
    # A coordinator may not.
    type(gol.municipality).objects.filter(pk=gol.municipality.pk).update(is_active=False)
    data = {"action": "switch_on", "_selected_action": [gol.municipality.pk]}
    client_of(gol.people[Role.COORDINATOR]).post(reverse("admin:municipalities_municipality_changelist"), data)
    assert client_of(None).get("/nb/gol/").status_code == 404


# --- The door ---


def test_staff_need_a_second_factor_where_it_is_asked_for(gol: Town, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client = client_of(gol.people[Role.SERVICE_OFFICER])
    assert client.get(reverse("admin:index")).status_code == 302
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0].endswith("/account/2fa/")


def test_the_office_log_keeps_no_name(gol: Town) -> None:
    household = HouseholdFactory(municipality=gol.municipality)
    client = client_of(gol.people[Role.SERVICE_OFFICER])
    person = household.persons.get()
    data = {"care_of": "", "street": "Nyvegen 2", "postcode": "3550", "city": "Gol", "moved_in_on": "2026-10-01",
            "residency": "full_time", "language": "nb", "source": "self", "reason": "", "wishes": "",
            "wants_post": "on", "persons-TOTAL_FORMS": 1, "persons-INITIAL_FORMS": 1,
            "persons-0-id": person.pk, "persons-0-household": household.pk, "persons-0-is_adult": "on",
            "persons-0-name": "Kari Nyttnavn", "persons-0-birth_year": 1990,
            "persons-2-TOTAL_FORMS": 0, "persons-2-INITIAL_FORMS": 0,
            "preferences-TOTAL_FORMS": 0, "preferences-INITIAL_FORMS": 0,
            "version_seen": household.version}  # fmt: skip
    answer = client.post(url(Household, "change", household.pk), data)
    assert answer.status_code == 302, answer.context["errors"]
    entry = LogEntry.objects.get(object_id=str(household.pk))
    assert entry.object_repr == str(household.pk)
    assert "Kari" not in entry.change_message


def test_a_protected_household_is_not_in_the_office(gol: Town) -> None:
    hidden = HouseholdFactory(municipality=gol.municipality, restricted_household=True)
    client = client_of(gol.people[Role.COORDINATOR])
    assert client.get(url(Household, "change", hidden.pk)).status_code == 404
    assert hidden not in client.get(url(Household, "changelist")).context["cl"].queryset


def test_only_a_coordinator_protects_and_only_after_being_asked(gol: Town) -> None:
    protect = reverse("admin:newcomers_household_protect", args=[gol.household.pk])
    assert client_of(gol.people[Role.SERVICE_OFFICER]).post(protect).status_code == 404
    coordinator = client_of(gol.people[Role.COORDINATOR])
    assert coordinator.get(protect).status_code == 200
    gol.household.refresh_from_db()
    assert not gol.household.restricted
    coordinator.post(protect)
    gol.household.refresh_from_db()
    assert gol.household.restricted
    assert gol.household.street == ""
