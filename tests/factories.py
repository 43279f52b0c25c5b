"""Rows for tests, each valid by itself. Variants are traits: HouseholdFactory(family=True, restricted=True)."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from newcomers.enums import HouseholdState, Source
from newcomers.models import Household, Person
from portal.accounts.models import User
from portal.municipalities.enums import Role
from portal.municipalities.models import DatedTask, Municipality, Postcode, StaffRole
from portal.pages.enums import ArticleKind, Situation, Topic
from portal.pages.models import Article, ContactPoint, ServiceInfo, Step


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        django_get_or_create = ("email",)

    email = factory.Sequence(lambda n: f"person{n}@example.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    language = "en"
    password = factory.LazyFunction(lambda: make_password(None))  # as create_user has it: none can be right


class MunicipalityFactory(DjangoModelFactory[Municipality]):
    """Switched on, with a service office. Traits for three written forms: gol (neutral), aal (nn), hemsedal."""

    class Meta:
        model = Municipality
        django_get_or_create = ("code",)

    class Params:
        gol = factory.Trait(code="3324", name="Gol", slug="gol", centre="Gol")
        aal = factory.Trait(
            code="3328", name="Ål", slug="aal", centre="Ål", written_form="nn", languages=["nn", "nb", "en"]
        )
        hemsedal = factory.Trait(code="3326", name="Hemsedal", slug="hemsedal", centre="Hemsedal")
        switched_off = factory.Trait(is_active=False)
        demo = factory.Trait(is_demo=True)

    code = factory.Sequence(lambda n: f"{9000 + n % 1000}")
    name = factory.Sequence(lambda n: f"Town {n}")
    slug = factory.LazyAttribute(lambda town: f"town-{town.code}")
    county = "Buskerud"
    written_form = "neutral"
    languages = factory.LazyFunction(lambda: ["nb", "nn", "en"])
    is_active = True
    office_name = "Servicekontoret"
    office_street = "Tunvegen 1"
    office_postcode = "3550"
    office_city = "Gol"
    office_phone = "00 00 00 01"
    office_email = factory.LazyAttribute(lambda town: f"office@{town.slug}.example")
    signature_name = "Ordfører Eksempel"
    signature_title = "Ordfører"


class PostcodeFactory(DjangoModelFactory[Postcode]):
    class Meta:
        model = Postcode
        django_get_or_create = ("code",)

    code = "3550"
    city = "Gol"
    municipality = factory.SubFactory(MunicipalityFactory, gol=True)


class StaffRoleFactory(DjangoModelFactory[StaffRole]):
    class Meta:
        model = StaffRole

    class Params:
        region = factory.Trait(role=Role.REGION_ADMINISTRATOR, municipality=None)
        coordinator = factory.Trait(role=Role.COORDINATOR)
        editor = factory.Trait(role=Role.EDITOR)
        housing_officer = factory.Trait(role=Role.HOUSING_OFFICER)
        analyst = factory.Trait(role=Role.ANALYST)

    user = factory.SubFactory(UserFactory)
    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    role = Role.SERVICE_OFFICER


class HouseholdFactory(DjangoModelFactory[Household]):
    """In Gol since 1 October 2026, with one adult. `adults=0` for none, `family=True` for two and two children."""

    class Meta:
        model = Household
        skip_postgeneration_save = True

    class Params:
        planning = factory.Trait(state=HouseholdState.PLANNING, moved_in_on=date(2027, 2, 1))
        moved_away = factory.Trait(state=HouseholdState.MOVED_AWAY)
        imported = factory.Trait(source=Source.REGISTER)
        restricted_household = factory.Trait(restricted=True, street="", postcode="", city="")
        no_post = factory.Trait(wants_post=False)

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    state = HouseholdState.MOVED_IN
    street = factory.Sequence(lambda n: f"Storgata {n + 1}")
    postcode = "3550"
    city = "Gol"
    moved_in_on = date(2026, 10, 1)
    language = "nb"

    @factory.post_generation
    def adults(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        if create:
            for position in range(1 if extracted is None else extracted):
                PersonFactory(household=self, position=position, **kwargs)

    @factory.post_generation
    def family(self: Any, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if create and extracted:
            PersonFactory(household=self, position=1)
            for year in (2016, 2019):
                PersonFactory(household=self, child=True, birth_year=year)


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    class Params:
        child = factory.Trait(is_adult=False, name="", email="", phone="", birth_year=2018)
        with_account = factory.Trait(
            user=factory.SubFactory(UserFactory),
            email=factory.LazyAttribute(lambda person: person.user.email),
        )

    household = factory.SubFactory(HouseholdFactory, adults=0)
    name = factory.Sequence(lambda n: f"Kari Eksempel {n}")
    birth_year = 1990
    listed_on = factory.LazyAttribute(
        lambda person: date(2026, 10, 1) if person.household.source == Source.REGISTER else None
    )


class ContactPointFactory(DjangoModelFactory[ContactPoint]):
    """Verified on 1 November 2026 for half a year. The name is in English, `texts` for more languages."""

    class Meta:
        model = ContactPoint
        skip_postgeneration_save = True

    class Params:
        unverified = factory.Trait(verified_on=None)
        overdue = factory.Trait(verified_on=date(2025, 1, 1))

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    code = factory.Sequence(lambda n: f"desk-{n}")
    phone = "00 00 00 02"
    email = factory.LazyAttribute(lambda contact: f"{contact.code}@gol.example")
    verified_on = date(2026, 11, 1)

    @factory.post_generation
    def texts(self: Any, create: bool, extracted: dict[str, dict[str, str]] | None, **kwargs: Any) -> None:
        if create:
            plain = {"name": self.code, "opening_hours": "09:00-15:00"}
            _write_texts(self, extracted or {code: plain for code in ("nb", "nn", "en")})


class ServiceInfoFactory(DjangoModelFactory[ServiceInfo]):
    """Topics in order, each in three languages that can be told apart; `contacts=[...]` sets its contact points."""

    class Meta:
        model = ServiceInfo
        skip_postgeneration_save = True

    class Params:
        unverified = factory.Trait(verified_on=None)
        overdue = factory.Trait(verified_on=date(2025, 1, 1))

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    topic = factory.Iterator(Topic.values)
    verified_on = date(2026, 11, 1)

    @factory.post_generation
    def texts(self: Any, create: bool, extracted: dict[str, dict[str, str]] | None, **kwargs: Any) -> None:
        if create:
            _write_texts(self, extracted or {code: _info_text(self.topic, code) for code in ("nb", "nn", "en")})

    @factory.post_generation
    def contacts(self: Any, create: bool, extracted: list[ContactPoint] | None, **kwargs: Any) -> None:
        if create and extracted:
            self.contacts.set(extracted)


class ArticleFactory(DjangoModelFactory[Article]):
    """A piece of news in three languages."""

    class Meta:
        model = Article
        skip_postgeneration_save = True

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    kind = ArticleKind.NEWS
    slug = factory.Sequence(lambda n: f"article-{n}")
    verified_on = date(2026, 11, 1)

    @factory.post_generation
    def texts(self: Any, create: bool, extracted: dict[str, dict[str, Any]] | None, **kwargs: Any) -> None:
        if create:
            _write_texts(self, extracted or {code: _info_text(self.slug, code) for code in ("nb", "nn", "en")})


class StepFactory(DjangoModelFactory[Step]):
    """Something to do once one has moved, in three languages."""

    class Meta:
        model = Step
        skip_postgeneration_save = True

    municipality = factory.SubFactory(MunicipalityFactory, gol=True)
    situation = Situation.MOVED
    order = factory.Sequence(lambda n: n % 1000)
    verified_on = date(2026, 11, 1)

    @factory.post_generation
    def texts(self: Any, create: bool, extracted: dict[str, dict[str, str]] | None, **kwargs: Any) -> None:
        if create:
            plain = {code: {"title": f"Step {self.order} ({code})", "text": "Do it."} for code in ("nb", "nn", "en")}
            _write_texts(self, extracted or plain)


class DatedTaskFactory(DjangoModelFactory[DatedTask]):
    """A promise about a household."""

    class Meta:
        model = DatedTask

    subject = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("subject.municipality")
    kind = "test"
    occasion = factory.Sequence(lambda n: f"occasion-{n}")
    due_on = date(2026, 11, 20)


def _write_texts(row: Any, texts: dict[str, dict[str, str]]) -> None:
    for language, fields in texts.items():
        row.translations.update_or_create(language_code=language, defaults=fields)


def _info_text(topic: str, language: str) -> dict[str, str]:
    return {"title": f"{topic} ({language})", "summary": f"About {topic} ({language}).", "body": f"## {topic}"}
