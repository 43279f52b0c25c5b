"""What every admin of the office has in common: the wall, the language, the log, the start values."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.urls import reverse

from jobs.models import Vacancy
from newcomers.models import Household, Person, Registration
from portal.municipalities.admin_base import ScopedAdmin, ScopedForm, ScopedFormMixin, ScopedTranslatableForm
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality, StaffRole
from portal.pages.models import ServiceInfo
from tests.access.cast import Town, build_town, client_of
from tests.access.rows import ROWS
from tests.factories import ContactPointFactory, ServiceInfoFactory, StaffRoleFactory, UserFactory
from tests.jobs.factories import VacancyFactory
from welcome.hosting.models import Host
from welcome.packages.models import Partner


@pytest.fixture
def gol(db: None) -> Town:
    return build_town("gol", "3550")


@pytest.fixture
def aal(db: None) -> Town:
    return build_town("aal", "3570")


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row: Any, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


# --- Language ---


@pytest.mark.parametrize(("language", "word"), [("nb", "I dag,"), ("nn", "I dag,"), ("en", "Today,")])
def test_the_office_speaks_the_language_of_whoever_works_there(gol: Town, language: str, word: str) -> None:
    user = gol.people[Role.COORDINATOR]
    user.language = language
    user.save()
    answer = client_of(user).get(reverse("admin:index"), headers={"accept-language": "en"})
    assert f'lang="{language}"' in answer.content.decode()
    assert word in answer.content.decode()


# --- The wall ---


def test_a_role_that_was_taken_back_counts_at_once(gol: Town) -> None:
    client = client_of(gol.people[Role.EDITOR])
    assert client.get(list_of(Vacancy)).status_code == 200
    StaffRole.objects.filter(user=gol.people[Role.EDITOR]).delete()
    assert client.get(list_of(Vacancy)).status_code == 404


def test_an_account_that_may_not_sign_in_any_more_is_out_at_once(gol: Town) -> None:
    client = client_of(gol.people[Role.EDITOR])
    user = gol.people[Role.EDITOR]
    user.is_active = False
    user.save()
    assert client.get(list_of(Vacancy)).status_code == 302


def test_an_action_reaches_no_row_of_the_next_town(gol: Town, aal: Town) -> None:
    own, other = VacancyFactory(municipality=gol.municipality), VacancyFactory(municipality=aal.municipality)
    client = client_of(gol.people[Role.EDITOR])
    client.post(list_of(Vacancy), {"action": "withdraw", "_selected_action": [own.pk, other.pk], "select_across": "1"})
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.is_published, other.is_published) == (False, True)


def test_two_roles_in_two_towns_do_not_add_up(gol: Town, aal: Town) -> None:
    """An editor here and a housing officer there edits no texts there."""
    user = gol.people[Role.EDITOR]
    StaffRoleFactory(user=user, municipality=aal.municipality, role=Role.HOUSING_OFFICER)
    text = ServiceInfoFactory(municipality=aal.municipality)
    client = client_of(user)
    assert client.get(page_of(text)).status_code == 404
    assert client.get(list_of(ServiceInfo)).context["cl"].result_count == 0
    add = client.get(reverse("admin:pages_serviceinfo_add"))
    offered = [m.slug for m in add.context["adminform"].form.fields["municipality"].queryset]
    assert offered == ["gol"]


def test_a_row_never_moves_to_another_town(gol: Town, aal: Town) -> None:
    user = gol.people[Role.EDITOR]
    StaffRoleFactory(user=user, municipality=aal.municipality, role=Role.EDITOR)
    vacancy = VacancyFactory(municipality=gol.municipality)
    client = client_of(user)
    form = client.get(page_of(vacancy)).context["adminform"].form
    assert "municipality" not in form.fields
    typed = {name: form[name].value() or "" for name in form.fields if name != "is_published"}
    answer = client.post(page_of(vacancy), typed | {"municipality": aal.municipality.pk, "title": "Ny"})
    assert answer.status_code == 302
    vacancy.refresh_from_db()
    assert (vacancy.title, vacancy.municipality) == ("Ny", gol.municipality)


def test_nothing_is_tied_to_a_row_of_the_other_town_by_who_works_in_both(gol: Town, aal: Town) -> None:
    """Both can be chosen, but not together."""
    user = gol.people[Role.COORDINATOR]
    StaffRoleFactory(user=user, municipality=aal.municipality, role=Role.COORDINATOR)
    other = ContactPointFactory(municipality=aal.municipality)
    answer = client_of(user).post(
        reverse("admin:pages_serviceinfo_add"),
        {"municipality": gol.municipality.pk, "topic": "police", "title": "T", "summary": "S", "body": "B",
         "contacts": [other.pk], "verify_every": 180},
    )  # fmt: skip
    assert answer.status_code == 200
    assert "contacts" in answer.context["adminform"].form.errors
    assert not ServiceInfo.objects.filter(topic="police").exists()


def test_that_goes_for_a_single_choice_too(gol: Town, aal: Town) -> None:
    user = gol.people[Role.COORDINATOR]
    StaffRoleFactory(user=user, municipality=aal.municipality, role=Role.COORDINATOR)
    answer = client_of(user).post(
        reverse("admin:packages_gift_add"),
        {"municipality": gol.municipality.pk, "partner": ROWS[Partner](aal).pk, "code": "map", "title": "Map",
         "per": "household"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["partner"]


# --- Start values ---


def test_with_one_town_it_is_chosen_already(gol: Town, aal: Town) -> None:
    user = gol.people[Role.EDITOR]
    add = reverse("admin:jobs_vacancy_add")
    assert client_of(user).get(add).context["adminform"].form["municipality"].value() == gol.municipality.pk
    StaffRoleFactory(user=user, municipality=aal.municipality, role=Role.EDITOR)
    assert client_of(user).get(add).context["adminform"].form["municipality"].value() is None


def test_the_municipality_filter_stays_away_with_one_town_and_offers_ones_own_with_two(gol: Town, aal: Town) -> None:
    user = gol.people[Role.EDITOR]
    VacancyFactory(municipality=gol.municipality)
    vacancy = VacancyFactory(municipality=aal.municipality)

    def offered() -> list[str]:
        specs = client_of(user).get(list_of(Vacancy)).context["cl"].filter_specs
        return [code for spec in specs if spec.title == "municipality" for code, _name in spec.lookup_choices]

    user.language = "en"
    user.save()
    assert offered() == []
    StaffRoleFactory(user=user, municipality=aal.municipality, role=Role.EDITOR)
    assert offered() == ["3324", "3328"]
    found = client_of(user).get(list_of(Vacancy), {"municipality": "3328"}).context["cl"].queryset
    assert list(found) == [vacancy]
    assert not client_of(user).get(list_of(Vacancy), {"municipality": "3326"}).context["cl"].queryset.exists()


# --- The log ---


def test_a_row_about_persons_is_logged_by_its_id_alone_also_when_deleted(gol: Town) -> None:
    row = ROWS[Registration](gol)
    client = client_of(gol.people[Role.SERVICE_OFFICER])
    assert client.post(page_of(row, "delete"), {"post": "yes"}).status_code == 302
    entry = LogEntry.objects.get(action_flag=DELETION)
    assert (entry.object_repr, entry.object_id, entry.change_message) == (str(row.pk), str(row.pk), "")
    other = ROWS[Registration](gol)
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    client.post(list_of(Registration), chosen)
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {str(row.pk), str(other.pk)}


def test_what_is_about_no_person_is_logged_by_its_title(gol: Town) -> None:
    vacancy = VacancyFactory(municipality=gol.municipality, title="Baker")
    client_of(gol.people[Role.EDITOR]).post(page_of(vacancy, "delete"), {"post": "yes"})
    assert LogEntry.objects.get().object_repr == "Baker"


def test_every_admin_of_rows_that_name_people_is_marked_personal() -> None:
    """Found by what its list or its search would write in the log."""
    about_persons = {Household, Registration, Host}
    for model, model_admin in admin.site._registry.items():
        relations = {field.related_model for field in model._meta.get_fields() if field.is_relation and field.concrete}
        if model in about_persons or relations & {Household, Person}:
            assert isinstance(model_admin, ScopedAdmin)
            assert model_admin.personal, model._meta.label


# --- Switching on ---


def test_switching_off_closes_the_pages_and_deletes_nothing(gol: Town) -> None:
    region = StaffRoleFactory(region=True, user=UserFactory()).user
    client = client_of(region)
    chosen = {"action": "switch_off", "_selected_action": [gol.municipality.pk]}
    assert client.post(list_of(Municipality), chosen).status_code == 302
    assert client_of(None).get("/nb/gol/").status_code == 404
    assert gol.municipality.households.exists()


def test_the_start_page_of_the_office_offers_only_what_the_role_may_see(gol: Town) -> None:
    def offered(role: str) -> set[str]:
        apps = client_of(gol.people[role]).get(reverse("admin:index")).context["app_list"]
        return {model["object_name"] for app in apps for model in app["models"]}

    assert offered(Role.HOUSING_OFFICER) == {"Listing"}
    texts = {"ServiceInfo", "Article", "Step", "ContactPoint", "Picture", "Link", "MissedSearch", "LetterTemplate"}
    assert offered(Role.EDITOR) == texts | {"Enquiry", "Remark", "Listing", "Vacancy"}
    assert offered(Role.ANALYST) == {"PlaceFigure", "Farewell"}
    assert "PeriodicTask" not in offered(Role.COORDINATOR)


# --- Identity numbers ---


@pytest.mark.parametrize("model_admin", admin.site._registry.values(), ids=str)
def test_every_form_of_the_office_refuses_identity_numbers(model_admin: Any) -> None:
    assert issubclass(model_admin.form, ScopedFormMixin)
    assert all(issubclass(inline.form, ScopedFormMixin) for inline in model_admin.inlines)


@pytest.mark.parametrize(
    ("model", "form", "field"),
    [(Household, ScopedForm, "care_of"), (Partner, ScopedForm, "name"), (ServiceInfo, ScopedTranslatableForm, "body")],
)
def test_a_text_with_an_identity_number_is_refused_at_its_field(model: Any, form: Any, field: str) -> None:
    typed = forms.modelform_factory(model, form=form, fields=[field])({field: "Kari 01010750160"})
    assert "01010750160" not in str(typed.errors.get(field, ""))
    assert typed.has_error(field, "identity_number")
    assert not forms.modelform_factory(model, form=form, fields=[field])({field: "Kari, 00 00 00 01"}).errors
