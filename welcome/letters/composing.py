"""What stands in one letter: names, address, texts and facts, in the language nearest to the household's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from newcomers.models import Household, Person
from newcomers.my_page.objections import shown
from portal.documents.shapes import Contact, LetterData, NoPost, QrCode, Section, Sender, Signature
from portal.municipalities.models import Municipality
from portal.pages.models import ContactPoint, ServiceInfo
from portal.pages.texts import text_in
from welcome.letters.fields import fill_in
from welcome.letters.models import LetterTemplate

# Django's own format for English writes "Nov. 22, 2026"; a letter in Norway says 22 November 2026.
DATE_FORMATS = {"en": "j F Y"}


def written_date(day: date) -> str:
    """The date in words, in the active language."""
    return str(formats.date_format(day, DATE_FORMATS.get(translation.get_language() or "", "DATE_FORMAT")))


def plain_text(markdown: str) -> str:
    """A text without its Markdown marks: emphasis goes, the words of links stay."""
    words = []
    for token in MarkdownIt().parse(markdown):
        for part in token.children or []:
            words.append(" " if part.type in {"softbreak", "hardbreak"} else part.content)
        words.append(" ")
    return " ".join("".join(words).split())


def recipient_lines(household: Household) -> list[str]:
    """The address block: at most two lines of names, c/o, street, and last the postcode with the place."""
    care_of = household.care_of.strip()
    if care_of and not care_of.lower().startswith("c/o"):
        care_of = f"c/o {care_of}"
    lines = [*_name_lines(household.adults), care_of, household.street, f"{household.postcode} {household.city}"]
    return [line.strip() for line in lines if line.strip()]


def _name_lines(adults: Sequence[Person]) -> list[str]:
    """Kari and Ola Moen on one line; the rest of a larger household shares the second."""
    by_last_name: dict[str, list[str]] = {}
    for name in filter(None, (adult.name.strip() for adult in adults)):
        first, _space, last = name.rpartition(" ")
        by_last_name.setdefault(last, []).append(first)
    names = [f"{listed(firsts)} {last}".strip() if all(firsts) else last for last, firsts in by_last_name.items()]
    return names if len(names) <= 2 else [names[0], ", ".join(names[1:])]


def listed(names: Sequence[str]) -> str:
    """Kari, Ola and Per."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s and %(last_name)s") % {"names": ", ".join(names[:-1]), "last_name": names[-1]}


def digest(facts: Mapping[str, Any]) -> str:
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class LetterMaker:
    """Makes the letters of one municipality on one day. What they share is read once and kept per language."""

    def __init__(
        self, municipality: Municipality, template: LetterTemplate, infos: Sequence[ServiceInfo], on: date
    ) -> None:
        self.municipality = municipality
        self.template = template
        self.infos = infos
        self.on = on
        self._shared: dict[str, dict[str, Any]] = {}

    def facts_for(self, household: Household, *, gifts: Sequence[str], reference: str, code: str) -> LetterData:
        """Everything in the household's letter. Asks the database nothing when `persons` are prefetched.

        `code` is that against more post (newcomers.my_page.objections).
        """
        language = self.language_of(household)
        with translation.override(language):
            if language not in self._shared:
                self._shared[language] = self._shared_by_all(language)
            shared = self._shared[language]
            names = listed([adult.first_name for adult in household.adults])
            letter = self._letter(household, language, shared, gifts, reference, names)
            no_post: NoPost = shared["no_post"]
            letter["no_post"] = {**no_post, "code": shown(code)}
            return letter

    def language_of(self, household: Household) -> str:
        return self.municipality.nearest_language(household.language)

    def _letter(
        self,
        household: Household,
        language: str,
        shared: Mapping[str, Any],
        gifts: Sequence[str],
        reference: str,
        names: str,
    ) -> LetterData:
        text = shared["text"]
        fields = {"municipality": self.municipality.name, "names": names}
        source = text.source_register if household.is_from_a_list else text.source_self
        return {
            "language": language,
            "reference": reference,
            "labels": {"reference": _("Our reference"), "page": _("Page {page} of {pages}")},
            "recipient_lines": recipient_lines(household),
            "sender": shared["sender"],
            "date_line": shared["date_line"],
            "subject": fill_in(text.subject, fields),
            "greeting": fill_in(text.greeting, fields),
            "paragraphs": [fill_in(plain_text(part), fields) for part in text.body.split("\n\n") if part.strip()],
            "gifts_heading": fill_in(text.gifts_intro, fields) if gifts else "",
            "gifts": list(gifts),
            "signature": shared["signature"],
            "information_heading": text.information_heading,
            "sections": shared["sections"],
            "qr": shared["qr"],
            "footer": [fill_in(part, fields) for part in (source, text.objection) if part],
        }

    # --- What every letter in a language shares ---

    def _shared_by_all(self, language: str) -> dict[str, Any]:
        municipality = self.municipality
        place = municipality.centre or municipality.office_city or municipality.name
        text = text_in(self.template, language, municipality.main_language)
        assert text is not None  # letter_maker takes no template without a text
        return {
            "text": text,
            "sender": self._sender(),
            "date_line": f"{place}, {written_date(self.on)}",
            "signature": Signature(
                closing=text.closing, name=municipality.signature_name, title=municipality.signature_title
            ),
            "sections": self._sections(language),
            "qr": self._qr(language),
            "no_post": self._no_post(language),
        }

    def _sender(self) -> Sender:
        municipality = self.municipality
        name = f"{municipality.name} kommune"
        street = municipality.office_street
        city = f"{municipality.office_postcode} {municipality.office_city}".strip()
        # The website of a real municipality has no place on a letter of the demonstration.
        website = "" if municipality.is_demo else _without_scheme(municipality.website)
        return {
            "name": name,
            "address_lines": [line for line in (municipality.office_name, street, city) if line],
            "contact_lines": [line for line in (municipality.office_phone, municipality.office_email, website) if line],
            # For the post in Norway, so in Norwegian whatever the letter's language.
            "return_line": "Retur: " + ", ".join(line for line in (name, street, city) if line),
        }

    def _sections(self, language: str) -> list[Section]:
        """One sheet in a size that can be read: each contact's hours stand where it is named first."""
        named: set[UUID] = set()
        sections: list[Section] = []
        for info in self.infos:
            text = text_in(info, language, self.municipality.main_language)
            contacts = list(info.contacts.all())
            sections.append(
                {
                    "heading": text.title if text else str(info),
                    "text": plain_text(text.summary) if text else "",
                    "contacts": [self._contact(c, language, with_hours=c.pk not in named) for c in contacts],
                }
            )
            named |= {contact.pk for contact in contacts}
        return sections

    def _contact(self, contact: ContactPoint, language: str, *, with_hours: bool) -> Contact:
        """Whom to call, and when. The rest stands on the site."""
        text = text_in(contact, language, self.municipality.main_language)
        opening_hours = text.opening_hours if text and with_hours else ""
        details = (contact.phone or contact.email or contact.address, opening_hours)
        return {"name": text.name if text else contact.code, "details": [detail for detail in details if detail]}

    def _qr(self, language: str) -> QrCode:
        url = f"{settings.SITE_URL}/{language}/{self.municipality.slug}/"
        caption = _("More on our site, and your own page: %(address)s") % {"address": _without_scheme(url)}
        return {"svg": segno.make(url, error="m").svg_inline(border=0), "caption": caption}

    def _no_post(self, language: str) -> NoPost:
        """How to say no to more post without signing in. The address in the picture holds no code: that is typed.

        The code itself is each household's own.
        """
        url = f"{settings.SITE_URL}/{language}/{self.municipality.slug}/no-post/"
        text = _("No more post from us? Go to %(address)s and write the code:") % {"address": _without_scheme(url)}
        qr: QrCode = {"svg": segno.make(url, error="m").svg_inline(border=0), "caption": text}
        return {"text": text, "code": "", "qr": qr}


def _without_scheme(url: str) -> str:
    return url.partition("://")[2].rstrip("/") or url
