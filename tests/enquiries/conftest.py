from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.utils import translation

from portal import clock
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory, StaffRoleFactory, UserFactory


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """It is the tests' day; day(...) makes it another."""

    def becomes(on: date) -> None:
        monkeypatch.setattr(clock, "today", lambda: on)

    becomes(TODAY)
    return becomes


@pytest.fixture
def gol(db: None) -> Municipality:
    """Answers within three working days."""
    return MunicipalityFactory(gol=True)


@pytest.fixture
def staff(gol: Municipality) -> Callable[..., User]:
    """Somebody with a role in Gol: staff("anna", Role.EDITOR)."""

    def make(name: str, role: str = Role.SERVICE_OFFICER) -> User:
        user: User = UserFactory(email=f"{name}@gol.example", name=name.title())
        StaffRoleFactory(user=user, municipality=gol, role=role)
        return user

    return make
