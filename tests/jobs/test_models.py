from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jobs.demo import load_content
from jobs.enums import VacancyState
from jobs.models import Vacancy
from portal.demo import read
from tests.conftest import TODAY
from tests.factories import MunicipalityFactory
from tests.jobs.factories import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, VacancyState.SHOWN),
        ({"soon": True}, VacancyState.SHOWN),
        ({"deadline": TODAY}, VacancyState.SHOWN),
        ({"expired": True}, VacancyState.EXPIRED),
        ({"draft": True}, VacancyState.DRAFT),
        ({"withdrawn": True}, VacancyState.WITHDRAWN),
    ],
)
def test_state_and_list_agree(fields: dict[str, Any], state: VacancyState) -> None:
    vacancy = VacancyFactory(**fields)
    assert vacancy.state(TODAY) == state
    assert Vacancy.objects.shown(TODAY).exists() == (state == VacancyState.SHOWN)


def test_publishing_again_keeps_the_first_day_of_what_is_on_the_site() -> None:
    on_site, draft = VacancyFactory(), VacancyFactory(draft=True)
    assert Vacancy.objects.publish(TODAY) == 1
    on_site.refresh_from_db()
    draft.refresh_from_db()
    assert (on_site.published_on, draft.published_on) == (date(2026, 11, 1), TODAY)


def test_no_way_to_apply_is_named_and_never_stored() -> None:
    vacancy = VacancyFactory.build(municipality=MunicipalityFactory(), apply_email="")
    with pytest.raises(ValidationError) as error:
        vacancy.full_clean()
    assert list(error.value.message_dict) == ["apply_url"]
    with pytest.raises(IntegrityError), transaction.atomic():
        vacancy.save()


@pytest.mark.parametrize("field", ["title", "employer_name", "occupation", "workplace", "description", "contact"])
def test_identity_numbers_are_refused(field: str) -> None:
    vacancy = VacancyFactory.build(municipality=MunicipalityFactory(), **{field: "010190 00083"})
    with pytest.raises(ValidationError) as error:
        vacancy.full_clean()
    assert list(error.value.message_dict) == [field]


def test_script_address_is_refused() -> None:
    vacancy = VacancyFactory.build(municipality=MunicipalityFactory(), apply_url="javascript:alert(1)")
    with pytest.raises(ValidationError):
        vacancy.full_clean()


def test_demo_may_run_twice_and_is_open_on_its_day() -> None:
    for row in read("municipalities"):
        MunicipalityFactory(code=row["code"], slug=row["slug"])
    for on in (TODAY, date(2027, 3, 1)):
        assert load_content(on=on) == {"vacancies": 18}
        assert Vacancy.objects.shown(on).count() == 18
    for vacancy in Vacancy.objects.all():
        vacancy.full_clean()
