"""In the office the figures are read, loaded again, and never written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.statistics.models import LONGEST_LOAD, FigureLoad
from tests.access.cast import client_of
from tests.factories import MunicipalityFactory, StaffRoleFactory, UserFactory
from tests.statistics.factories import make_figures
from tests.statistics.source import Ssb

LIST = "/admin/statistics/placefigure/"
LOAD = f"{LIST}load/"


@pytest.fixture
def analyst(gol: Municipality) -> Client:
    user = UserFactory(language="en")
    StaffRoleFactory(user=user, municipality=gol, role=Role.ANALYST)
    return client_of(user)


def seen(client: Client) -> str:
    return client.get(LIST).content.decode()


def test_the_button_loads_ones_own_municipality(
    analyst: Client, ssb: Ssb, gol: Municipality, django_capture_on_commit_callbacks: Any
) -> None:
    aal = MunicipalityFactory(aal=True)
    with django_capture_on_commit_callbacks(execute=True):
        answer = analyst.post(LOAD, follow=True)
    assert "They are being loaded." in answer.content.decode()
    assert gol.placefigures.count() == 47
    assert not aal.placefigures.exists()
    assert "loaded " in seen(analyst)


def test_while_it_is_running_it_is_not_started_again(analyst: Client, ssb: Ssb, gol: Municipality) -> None:
    analyst.post(LOAD)
    assert "is being loaded now" in seen(analyst)
    assert "They are being loaded already." in analyst.post(LOAD, follow=True).content.decode()


def test_a_loading_whose_worker_died_may_be_started_again(analyst: Client, gol: Municipality) -> None:
    FigureLoad.objects.create(municipality=gol, started_at=timezone.now() - LONGEST_LOAD)
    assert "did not come to its end" in seen(analyst)
    assert "They are being loaded." in analyst.post(LOAD, follow=True).content.decode()


def test_what_went_wrong_stands_above_the_list(analyst: Client, gol: Municipality) -> None:
    FigureLoad.objects.create(
        municipality=gol, started_at=timezone.now(), finished_at=timezone.now(), problem="06913: it answered 500."
    )
    assert "06913: it answered 500." in seen(analyst)


def test_no_number_is_written_by_hand(analyst: Client, gol: Municipality) -> None:
    make_figures(gol)
    figure = gol.placefigures.first()
    change = reverse("admin:statistics_placefigure_change", args=[figure.pk])
    assert analyst.get(change).status_code == 200
    assert analyst.post(change, {"value": 1}).status_code == 403
    assert analyst.get(f"{LIST}add/").status_code == 403
    assert analyst.post(reverse("admin:statistics_placefigure_delete", args=[figure.pk])).status_code == 403


def test_a_get_starts_nothing(analyst: Client, gol: Municipality) -> None:
    assert analyst.get(LOAD).status_code == 405
    assert not FigureLoad.objects.exists()


def test_who_sees_no_figures_loads_none(gol: Municipality) -> None:
    editor = UserFactory()
    StaffRoleFactory(user=editor, municipality=gol, role=Role.EDITOR)
    assert client_of(editor).post(LOAD).status_code == 403
    assert client_of(UserFactory()).post(LOAD).status_code == 404
    assert not FigureLoad.objects.exists()
