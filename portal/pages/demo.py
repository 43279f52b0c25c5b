"""What the invented region says: contact points, service information, steps, articles, and how its sites look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import uuid5

from django.db.models import prefetch_related_objects
from django.utils import timezone
from PIL.Image import Image
from simple_history.utils import bulk_create_with_history

from portal.accounts.models import User
from portal.demo import CONTENT, read
from portal.municipalities.enums import Role
from portal.municipalities.models import Municipality
from portal.pages.history import sign
from portal.pages.models import Article, ContactPoint, Picture, ServiceInfo, SiteLook, Step
from portal.pages.pictures import Rendition, renditions, store
from portal.pages.pictures import read as read_picture
from portal.pages.translations import TextTranslation

# A contact that no letter draws on and a step, left unverified in one town, so that overdue facts can be seen.
OVERDUE = {("3326", "volunteer_centre"), ("3326", "try_the_journey")}
# In one town the text has grown since it was translated into one language: an outdated translation can be seen.
GROWN = ("3324", "transport")
LEFT_BEHIND = "pl"

# An object's fields in each language.
Texts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Town:
    """A municipality of the region, and what its texts are filled and owned with."""

    municipality: Municipality
    facts: Mapping[str, str]
    owners: list[User]
    local: Mapping[str, Mapping[str, str]]
    look: Mapping[str, str]
    pictures: dict[str, Picture]
    on: date

    @classmethod
    def of(cls, place: dict[str, Any], on: date) -> Town:
        municipality = Municipality.objects.get(code=place["code"])
        names = {"municipality": municipality.name, "region": "Hallingdal"}
        facts = names | {name: place[name] for name in ("centre", "station", "slug")}
        roles = municipality.staff_roles.filter(role__in=[Role.SERVICE_OFFICER, Role.COORDINATOR])
        owners = [role.user for role in roles.select_related("user").order_by("user__email")]
        look = {name: place[name] for name in ("theme", "picture") if name in place}
        return cls(municipality, facts, owners, place.get("local", {}), look, {}, on)

    def fill(self, text: str) -> str:
        for name, value in self.facts.items():
            text = text.replace("{" + name + "}", value)
        return text

    def texts(self, texts: Texts) -> Texts:
        return {
            language: {name: self.fill(value) for name, value in fields.items()} for language, fields in texts.items()
        }

    def shows(self, row: dict[str, Any]) -> dict[str, Any]:
        return {"picture_id": self.pictures[row["picture"]].pk if "picture" in row else None}

    def verified(self, number: int, code: str = "") -> dict[str, Any]:
        """A fact's owner and dates: the staff take turns, and each day one fact was looked at."""
        overdue = (self.municipality.code, code) in OVERDUE
        return {
            "owner_id": self.owners[number % len(self.owners)].pk if self.owners else None,
            "verify_every": 365,
            "verified_on": self.on - timedelta(days=500 if overdue else number),
        }


def load_content(*, on: date) -> dict[str, int]:
    for place in read("municipalities"):
        town = Town.of(place, on)
        _load_pictures(town)
        _load_contacts(town)
        _load_infos(town)
        _load_steps(town)
        _load_articles(town)
        _load_look(town)
    return {
        "contact_points": ContactPoint.objects.count(),
        "service_information": ServiceInfo.objects.count(),
        "steps": Step.objects.count(),
        "articles": Article.objects.count(),
    }


# --- What there is ---


def _load_pictures(town: Town) -> None:
    for row in read("pictures"):
        town.pictures[row["code"]], created = Picture.objects.get_or_create(
            pk=uuid5(town.municipality.pk, row["code"]),
            defaults={"municipality": town.municipality, "credit": row["credit"]},
        )
        if created:
            image, files = _drawing(row["code"])
            store(picture=town.pictures[row["code"]], image=image, files=files)
    _write({town.pictures[row["code"]]: row["texts"] for row in read("pictures")})


@cache
def _drawing(name: str) -> tuple[Image, list[Rendition]]:
    """The same files serve all towns; making them takes about a second."""
    image = read_picture((CONTENT / "pictures" / f"{name}.jpg").read_bytes())
    return image, list(renditions(image))


def _load_look(town: Town) -> None:
    picture = town.pictures.get(town.look.get("picture", ""))
    SiteLook.objects.update_or_create(
        municipality=town.municipality, defaults={"theme": town.look["theme"], "picture": picture}
    )


def _load_contacts(town: Town) -> None:
    rows = read("contacts")
    contacts = _keep(
        town.municipality.contactpoints,
        ("code",),
        [
            {name: town.fill(row.get(name, "")) for name in ("code", "phone", "email", "website", "address")}
            | {"interests": row.get("interests", [])}
            | town.verified(number, row["code"])
            for number, row in enumerate(rows)
        ],
    )
    _write({contact: town.texts(row["texts"]) for contact, row in zip(contacts, rows, strict=True)})


def _load_infos(town: Town) -> None:
    rows = read("service_info")
    infos = _keep(
        town.municipality.serviceinfos,
        ("topic",),
        [{"topic": row["topic"], **town.shows(row)} | town.verified(number) for number, row in enumerate(rows)],
    )
    _link_contacts(infos, rows, town)
    for info, row in zip(infos, rows, strict=True):
        if (town.municipality.code, row["topic"]) == GROWN and not info.translations.exists():
            _write_from_main({info: town.texts(row["texts"])}, town)
    _write_from_main({info: _with_local(town, row) for info, row in zip(infos, rows, strict=True)}, town)


def _with_local(town: Town, row: dict[str, Any]) -> Texts:
    """The topic's texts, followed by what only this town says about it."""
    grown = (town.municipality.code, row["topic"]) == GROWN
    texts = {language: dict(fields) for language, fields in town.texts(row["texts"]).items()}
    for language, paragraph in town.local.get(row["topic"], {}).items():
        if grown and language == LEFT_BEHIND:
            texts[language]["source_version"] = 1
        else:
            texts[language]["body"] += "\n\n" + paragraph
    return texts


def _load_steps(town: Town) -> None:
    rows = read("steps")
    steps = _keep(
        town.municipality.steps,
        ("situation", "order"),
        [
            {name: row[name] for name in ("situation", "order")}
            | {"topic": row.get("topic", ""), "url": town.fill(row.get("url", ""))}
            | town.verified(number, row["code"])
            for number, row in enumerate(rows)
        ],
    )
    _write({step: town.texts(row["texts"]) for step, row in zip(steps, rows, strict=True)})


def _load_articles(town: Town) -> None:
    rows = [row for row in read("articles") if town.municipality.code in row.get("only_in", [town.municipality.code])]
    articles = _keep(
        town.municipality.articles,
        ("slug",),
        [
            {"slug": row["slug"], "kind": row["kind"], **town.shows(row)} | town.verified(number)
            for number, row in enumerate(rows)
        ],
    )
    _link_contacts(articles, rows, town)
    wanted = {}
    for article, row in zip(articles, rows, strict=True):
        state = {"state": row.get("state", "published"), "publish_at": _morning(town.on, row.get("days_ago"))}
        wanted[article] = {language: {**fields, **state} for language, fields in town.texts(row["texts"]).items()}
    _write_from_main(wanted, town)


def _morning(on: date, days_ago: int | None) -> datetime | None:
    if days_ago is None:
        return None
    return timezone.make_aware(datetime.combine(on - timedelta(days=days_ago), time(9)))


# --- Writing, in few queries ---
# What is there is saved only where it differs, so that no version rises for nothing.


def _keep(related: Any, key: tuple[str, ...], rows: list[dict[str, Any]]) -> list[Any]:
    """The town's objects for these rows, each found by its key, or new."""
    found = {tuple(getattr(obj, name) for name in key): obj for obj in related.all()}
    kept, new = [], []
    for row in rows:
        obj = found.get(tuple(row[name] for name in key))
        if obj is None:
            obj = related.model(municipality=related.instance, **row)
            new.append(obj)
        else:
            _change(obj, row)
        kept.append(obj)
    related.bulk_create(new)
    return kept


def _change(row: Any, fields: Mapping[str, Any]) -> None:
    if any(getattr(row, name) != value for name, value in fields.items()):
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()


def _link_contacts(pages: list[Any], rows: list[dict[str, Any]], town: Town) -> None:
    contacts = {contact.code: contact for contact in town.municipality.contactpoints.all()}
    prefetch_related_objects(pages, "contacts")
    for page, row in zip(pages, rows, strict=True):
        wanted = {contacts[code] for code in row["contacts"]}
        if set(page.contacts.all()) != wanted:
            page.contacts.set(wanted)


def _write_from_main(wanted: Mapping[Any, Texts], town: Town) -> None:
    """The main language first; the others are translations of the version it then has."""
    main = town.municipality.main_language
    originals = _write({obj: {main: texts[main]} for obj, texts in wanted.items() if main in texts})
    translations = {}
    for obj, texts in wanted.items():
        original = originals.get((obj.pk, main))
        source = {"source_language": main, "source_version": original.version} if original else {}
        translations[obj] = {language: {**source, **fields} for language, fields in texts.items() if language != main}
    _write(translations)


def _write(wanted: Mapping[Any, Texts]) -> dict[tuple[Any, str], Any]:
    """The translations of these objects, all of one kind, by object and language."""
    model = next(iter(wanted))._parler_meta.root_model
    found = {(row.master_id, row.language_code): row for row in model.objects.filter(master__in=wanted)}
    new = []
    for obj, texts in wanted.items():
        for language, fields in texts.items():
            if (obj.pk, language) in found:
                _change(found[obj.pk, language], fields)
            else:
                new.append(model(master=obj, language_code=language, **fields))
    if issubclass(model, TextTranslation):
        _write_with_history(new)
    else:
        model.objects.bulk_create(new)
    return found | {(row.master_id, row.language_code): row for row in new}


def _write_with_history(new: list[Any]) -> None:
    """As if each had been saved when it was verified last."""
    for row in new:
        sign(row, row.master.owner)
        row.changed_at = row._history_date = _morning(row.master.verified_on, 0)
        row._history_user = row.changed_by
    if new:
        bulk_create_with_history(new, type(new[0]))
