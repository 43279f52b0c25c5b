"""After signing in, everyone comes to where they have something to do."""

from __future__ import annotations

import pytest

from newcomers.models import Household
from portal import registry
from portal.municipalities.enums import Role
from tests.access.cast import build_town
from tests.factories import MunicipalityFactory, PersonFactory, UserFactory


@pytest.mark.django_db
def test_each_goes_to_their_own_page() -> None:
    gol = build_town("gol", "3550")
    assert registry.landing(gol.people[Role.ANALYST]) == "/admin/"
    assert registry.landing(gol.people["host"]) == "/nb/gol/host/"
    assert registry.landing(gol.people["newcomer"]) == "/nb/gol/my/"
    assert registry.landing(UserFactory()) is None
    # Where somebody still lives goes before where they lived last.
    aal = PersonFactory(user=gol.people["newcomer"], household__municipality=MunicipalityFactory(aal=True)).household
    Household.objects.filter(pk=aal.pk).update(state="moved_away")
    assert registry.landing(gol.people["newcomer"]) == "/nb/gol/my/"
    Household.objects.update(state="moved_away")
    assert registry.landing(gol.people["newcomer"]) == "/nb/aal/my/"
