"""Every table with something of a person, and every column of it, has its place in the export, or a reason not to."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db.models import EmailField, Model

from newcomers.models import Household
from portal import personal_data
from portal.accounts.models import User
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
