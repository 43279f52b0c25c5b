"""Which languages a municipality offers, as its coordinator writes them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality, StaffRole
from tests.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db


def save(client: Client, languages: str) -> str:
    gol = MunicipalityFactory(gol=True)
    user = User.objects.create(email="coordinator@gol.example", language="en")
    StaffRole.objects.create(user=user, municipality=gol, role=Role.COORDINATOR)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:municipalities_municipality_change", args=[gol.pk])
    typed = {"slug": "gol", "written_form": "neutral", "languages": languages, "answer_within_days": 3}
    return client.post(page, typed, follow=True).content.decode()


def test_the_first_is_the_main_language(client: Client) -> None:
    save(client, "nn, NB,")
    gol = Municipality.objects.get(slug="gol")
    assert (gol.languages, gol.main_language) == (["nn", "nb"], "nn")


@pytest.mark.parametrize("typed", ['["nb"]', '"nb"', "{}", "klingon"])
def test_what_is_no_language_of_the_portal_is_refused_in_words(client: Client, typed: str) -> None:
    assert "Write these, with commas between: nb, nn, en, uk, pl, de, ar." in save(client, typed)
    assert Municipality.objects.get(slug="gol").languages == ["nb", "nn", "en"]
