"""Every table with something of a person, and every column of it, has its place in the export, or a reason not to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import CASCADE, EmailField, Model

from newcomers.models import Household
from portal import personal_data
from portal.accounts.models import User
from portal.municipalities.models import Municipality
from portal.personal_data import SAME_EVERYWHERE
from tests.test_registry import about_households

ALL_MODELS = apps.get_models(include_auto_created=True)


def may_hold_a_person() -> set[str]:
    """Tables with a way to a household, with an account, with an e-mail address, or that point at anything."""
    found = set(about_households())
    for model in ALL_MODELS:
        fields = model._meta.concrete_fields
        if any(isinstance(f, EmailField) or (f.is_relation and f.related_model is User) for f in fields):
            found.add(model)
        ours = model.__module__.partition(".")[0] not in {"django", "django_celery_beat"}
        if ours and any(isinstance(f, GenericForeignKey) for f in model._meta.private_fields):
            found.add(model)
    return {model._meta.label for model in found | {User}}


def columns_of(model: type[Model]) -> set[str]:
    return {f.name for f in (*model._meta.concrete_fields, *model._meta.many_to_many)}


def test_every_table_that_may_hold_a_person_is_declared_once() -> None:
    declared = set(personal_data.tables) | set(personal_data.without_person)
    assert may_hold_a_person() - declared == set(), "say in the app's personal_data.py what is in it"
    assert not set(personal_data.tables) & set(personal_data.without_person)
    assert declared - {model._meta.label for model in ALL_MODELS} == set(), "no such table"
    assert all(personal_data.without_person.values())


@pytest.mark.parametrize("label", sorted(personal_data.tables))
def test_every_column_is_in_the_export_or_left_out_with_a_reason(label: str) -> None:
    table = personal_data.tables[label]
    placed = [*table.columns, *table.left_out]
    assert len(placed) == len(set(placed)), "a column stands in both"
    assert set(placed) <= columns_of(apps.get_model(label))
    missing = columns_of(apps.get_model(label)) - set(placed) - set(SAME_EVERYWHERE)
    if table.account == "pk" or label == "accounts.User":
        missing -= {"groups", "user_permissions"}  # never used; their tables are declared
    assert missing == set(), "give each a place in the app's personal_data.py"
    assert all(table.left_out.values())


@pytest.mark.parametrize("label", sorted(personal_data.tables))
def test_every_table_has_a_way_to_whose_it_is(label: str) -> None:
    table = personal_data.tables[label]
    assert table.rows or table.household or table.person or table.account or table.email


# Tables that neither go with the household or the account nor have a rule, and what lets their rows go.
OTHERWISE = {
    "newcomers.Draft": "drafts.drop_unfinished: 7 days (purpose drafts)",
    "newcomers.Introduction": "introductions.drop_unanswered: 14 days (purpose introductions)",
    "newcomers.MoverRow": "pairs.drop_undecided: 30 days (purpose movers)",
    "municipalities.DatedTask": "goes with what it is about, by its room's eraser; holds no word about anybody",
    "outbox.BouncedAddress": "goes with whoever has the address (the outbox's eraser), or by the office's hand",
    "packages.Package": "stays without the household, so that the stock adds up, and names nobody then",
    "packages.PackageItem": "stays with its package: what lay in it",
    "privacy.ErasureRequest": "stays without the household as proof, and names nobody then",
}


def goes_along(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> bool:
    """Whether deleting the household, or the account, takes the row along."""
    if model in {Household, User}:
        return True
    cascading = [f for f in model._meta.concrete_fields if f.is_relation and f.remote_field.on_delete is CASCADE]
    return any(f.related_model not in seen and goes_along(f.related_model, seen | {model}) for f in cascading)


def test_every_table_has_an_end() -> None:
    """Households have rules, accounts go when nothing needs them; what goes with neither needs a rule of its own."""
    town = Municipality(pk=UUID(int=0))
    with_rule = {rule.due(town, date(2026, 1, 1)).model._meta.label for rule in personal_data.rules.values()}
    assert "newcomers.Household" in with_rule
    endless = {label for label in personal_data.tables if not goes_along(apps.get_model(label))} - with_rule
    assert endless - set(OTHERWISE) == set()


def test_no_history_keeps_a_person() -> None:
    """A history would keep what was erased. Texts have one; tables about households and accounts never."""
    histories = [m for m in ALL_MODELS if hasattr(m, "history_date")]
    personal = set(personal_data.tables)
    assert histories
    assert {Household, User}.isdisjoint(histories)
    for model in histories:
        kept = model.instance_type
        assert kept._meta.label not in personal, f"{model._meta.label} keeps a history of persons"
        assert not any(isinstance(f, EmailField) for f in model._meta.concrete_fields)
        led_to = {f.related_model for f in model._meta.concrete_fields if f.is_relation} - {None, User}
        assert not led_to & about_households()
