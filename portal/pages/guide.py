"""The guide on paper: what a newcomer to one municipality needs to know, in one language, for those without a phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import segno
from django.conf import settings
from django.db.models import Prefetch
from django.utils import formats, translation
from django.utils.translation import gettext as _

from portal.documents import render
from portal.documents.shapes import (
    GuideChapter,
    GuideContact,
    GuideDocument,
    GuideLabels,
    GuideOffice,
    GuidePart,
    GuideStep,
    QrCode,
    TextRun,
)
from portal.municipalities.models import Municipality
from portal.pages.enums import REASONS, TOPICS_BY_THEME, Situation
from portal.pages.facts import VerifiedFact
from portal.pages.models import ContactPoint, ServiceInfo, Step
from portal.pages.paper_text import blocks_of, printed_address
from portal.pages.texts import text_in

# Letters and lines of one text. What is longer stands on the site, so that no text can make the guide endless.
LONGEST_TEXT, MOST_LINES = 6_000, 150
# Steps, and contacts of one topic.
MOST_ROWS = 40


def guide_pdf(municipality: Municipality, language: str, on: date) -> bytes:
    """As it is on this day. Conforms to PDF/UA-1 and PDF/A-2a."""
    return render.render(render.GUIDE, guide_document(municipality, language, on), timestamp=on, forgiving=True)


def guide_document(municipality: Municipality, language: str, on: date) -> GuideDocument:
    """What nobody has checked lately is marked; a contact that nobody has checked lately is left out."""
    with translation.override(language):
        return _Guide(municipality, language, on).document()


def guide_title() -> str:
    return _("A guide for you who move here")


def qr_code(address: str) -> QrCode:
    return {
        "svg": segno.make(address, error="m").svg_inline(border=0),
        "caption": _("Code that opens %(address)s") % {"address": printed_address(address)},
    }


def demo_notice(municipality: Municipality) -> str:
    """What stands on every page that a demonstration prints for everyone."""
    return _("Demonstration: invented people and offers.") if municipality.is_demo else ""


class _Guide:
    """One guide in the making; the language is active already."""

    def __init__(self, municipality: Municipality, language: str, on: date) -> None:
        self.municipality = municipality
        self.language = language
        self.on = on

    def document(self) -> GuideDocument:
        municipality = self.municipality
        parts = self._parts()
        steps = self._steps({chapter["key"] for part in parts for chapter in part["chapters"]})
        text = text_in(municipality, self.language, municipality.main_language)
        return {
            "language": self.language,
            "title": guide_title(),
            "author": f"{municipality.name} kommune",
            "demo_notice": demo_notice(municipality),
            "place": municipality.name,
            "tagline": text.tagline if text else "",
            "tagline_language": text.language_code if text else self.language,
            "date_line": _("As it was on %(day)s") % {"day": formats.date_format(self.on)},
            "explanation": self._explanation(),
            "labels": self._labels(),
            "steps_heading": str(Situation.MOVED.label),
            "steps_lead": _("What to do first, step by step. You do not have to do it all today."),
            "steps_note": self._missing() if any(step["language"] != self.language for step in steps) else "",
            "steps": steps,
            "parts": parts,
            "office": self._office(),
        }

    def _labels(self) -> GuideLabels:
        return {
            "contents": _("Contents"),
            "page": _("Page {page} of {pages}"),
            "see": _("More on page {page}"),
            "phone": _("Phone"),
        }

    def _explanation(self) -> list[str]:
        return [
            _("Under each text stands when somebody in the municipality last checked it."),
            _("A text that nobody has checked lately says so."),
            _("A phone number that nobody has checked lately is left out."),
        ]

    # --- Texts ---

    def _parts(self) -> list[GuidePart]:
        contacts = Prefetch("contacts", ContactPoint.objects.prefetch_related("translations"))
        infos = self.municipality.serviceinfos.prefetch_related("translations", contacts)
        chapters = {info.topic: chapter for info in infos if (chapter := self._chapter(info))}
        parts: list[GuidePart] = [
            {
                "heading": str(theme.label),
                "lead": str(REASONS[theme]),
                "chapters": [chapters[topic] for topic in topics if topic in chapters],
            }
            for theme, topics in TOPICS_BY_THEME.items()
        ]
        return [part for part in parts if part["chapters"]]

    def _chapter(self, info: ServiceInfo) -> GuideChapter | None:
        text = text_in(info, self.language, self.municipality.main_language)
        if text is None:
            return None
        contacts = [contact for contact in info.contacts.all() if contact.is_verified(self.on)]
        notes = []
        if text.language_code != self.language:
            notes.append(self._missing())
        if not info.is_verified(self.on):
            notes.append(self._not_checked())
        body = "".join(text.body.splitlines(keepends=True)[:MOST_LINES])[:LONGEST_TEXT]
        if body != text.body:
            notes.append(_("The rest of this text stands on our site."))
        return {
            "key": info.topic,
            "language": text.language_code,
            "title": text.title,
            "lead": text.summary,
            "blocks": blocks_of(body),
            "notes": notes,
            "contacts": [self._contact(contact) for contact in contacts[:MOST_ROWS]],
            "checked": self._checked(info, _("This text was checked %(day)s.")),
        }

    def _contact(self, contact: ContactPoint) -> GuideContact:
        text = text_in(contact, self.language, self.municipality.main_language)
        hours = text.opening_hours if text else ""
        written = "" if contact.phone else contact.email
        return {
            "language": text.language_code if text else self.language,
            "name": text.name if text else contact.code,
            "phone": contact.phone,
            "lines": [line for line in (hours, contact.address, written) if line],
            "checked": self._checked(contact, _("Last checked %(day)s")),
        }

    def _checked(self, fact: VerifiedFact, words: str) -> str:
        if fact.verified_on is None or not fact.is_verified(self.on):
            return ""
        return words % {"day": formats.date_format(fact.verified_on)}

    def _missing(self) -> str:
        return _("We do not have this text in your language yet.")

    def _not_checked(self) -> str:
        return _("Nobody has checked this text lately. Ask the service office to be sure.")

    # --- Steps ---

    def _steps(self, chapters: set[str]) -> list[GuideStep]:
        steps = self.municipality.steps.filter(situation=Situation.MOVED).prefetch_related("translations")
        return [found for step in steps[:MOST_ROWS] if (found := self._step(step, chapters))]

    def _step(self, step: Step, chapters: set[str]) -> GuideStep | None:
        text = text_in(step, self.language, self.municipality.main_language)
        if text is None:
            return None
        return {
            "language": text.language_code,
            "title": text.title,
            "text": text.text,
            "link": self._link(step.url, text.link_text),
            "chapter": step.topic if step.topic in chapters else "",
            "note": "" if step.is_verified(self.on) else self._not_checked(),
        }

    def _link(self, url: str, words: str) -> list[TextRun]:
        if not url:
            return []
        address = printed_address(url)
        before = f"{words}: " if words and printed_address(words).casefold() != address.casefold() else ""
        plain: TextRun = {"text": before, "bold": False, "italic": False, "url": ""}
        return [plain, {"text": address, "bold": False, "italic": False, "url": url}]

    # --- The last page ---

    def _office(self) -> GuideOffice:
        municipality = self.municipality
        address = f"{settings.SITE_URL}/{self.language}/{municipality.slug}/"
        city = f"{municipality.office_postcode} {municipality.office_city}".strip()
        where: Sequence[str] = (municipality.office_street, city, municipality.office_email)
        return {
            "heading": _("Ask us"),
            "lead": _("You do not have to know who to ask. The service office answers you, or finds someone who can."),
            "name": municipality.office_name or _("Service office"),
            "phone": municipality.office_phone,
            "lines": [line for line in where if line],
            "site_heading": _("This guide on the web"),
            "site_text": _(
                "There the texts are always as they are today, and you can ask a question in your language."
            ),
            "address": printed_address(address),
            "qr": qr_code(address),
        }
