"""A municipality that was just switched on is told what to do first, and no longer than it needs to."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from tests.access.cast import client_of
from tests.factories import ServiceInfoFactory, StaffRoleFactory
from tests.packages.factories import make_template

pytestmark = pytest.mark.django_db


def first_steps(role: Any) -> list[str]:
    queues = client_of(role.user).get(reverse("admin:index")).context["queues"]
    return [queue.url for queue in queues if queue.order < 10]


def test_an_empty_municipality_begins_with_its_office_its_texts_and_its_letter() -> None:
    role = StaffRoleFactory(coordinator=True, role=Role.COORDINATOR)
    gol = role.municipality
    Municipality.objects.filter(pk=gol.pk).update(office_phone="")
    office = reverse("admin:municipalities_municipality_change", args=[gol.pk])
    texts, letter = reverse("admin:pages_serviceinfo_add"), reverse("admin:letters_lettertemplate_add")
    assert first_steps(role) == [office, texts, letter]
    Municipality.objects.filter(pk=gol.pk).update(office_phone="00 00 00 01")
    ServiceInfoFactory(municipality=gol)
    assert first_steps(role) == [letter]
    make_template(gol)
    assert first_steps(role) == []
