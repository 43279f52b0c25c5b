"""Letters: stopped while a fact in them is unverified, frozen as drafts, and issued once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from newcomers.models import Household
from portal.documents import services as documents
from portal.documents.models import PrintJob
from portal.documents.shapes import LetterData
from portal.municipalities.models import Municipality
from portal.pages.enums import Topic
from portal.pages.facts import VerifiedFact
from portal.pages.models import ServiceInfo
from privacy import access_log
from welcome.letters.composing import LetterMaker, digest, written_date
from welcome.letters.enums import Occasion
from welcome.letters.models import Letter, LetterTemplate

_TOPIC_ORDER = {topic.value: position for position, topic in enumerate(Topic)}


class LettersStopped(Exception):
    """No letter may leave the house; the message says why and what to do."""


def letter_maker(*, municipality: Municipality, on: date, occasion: str = Occasion.WELCOME) -> LetterMaker:
    """What makes the letters of the day. Raises LettersStopped without a template or with an unverified fact."""
    infos = facts_in_letters(municipality)
    if stale := unverified(infos, on):
        raise LettersStopped(
            _("These facts in the letter are not verified: %(facts)s. Check each, and mark it as verified.")
            % {"facts": "; ".join(_named(fact) for fact in stale)}
        )
    return LetterMaker(municipality, _template(municipality, occasion), infos, on)


def _template(municipality: Municipality, occasion: str) -> LetterTemplate:
    template: LetterTemplate | None = (
        LetterTemplate.objects.filter(municipality=municipality, occasion=occasion)
        .prefetch_related("translations")
        .first()
    )
    if template is None or not template.translations.all():
        raise LettersStopped(
            _("%(municipality)s has no letter template. Write one under Letter templates first.")
            % {"municipality": municipality}
        )
    return template


def facts_in_letters(municipality: Municipality) -> list[ServiceInfo]:
    """The practical headings in their order, with their contact points and all texts."""
    infos: list[ServiceInfo] = list(
        ServiceInfo.objects.filter(municipality=municipality).prefetch_related(
            "translations", "contacts", "contacts__translations"
        )
    )
    return sorted(infos, key=lambda info: _TOPIC_ORDER[info.topic])


def unverified(infos: Iterable[ServiceInfo], on: date) -> list[VerifiedFact]:
    """What the letter draws on and nobody has verified lately, each once."""
    infos = list(infos)
    facts: dict[UUID, VerifiedFact] = {info.pk: info for info in infos}
    facts |= {contact.pk: contact for info in infos for contact in info.contacts.all()}
    return [fact for fact in facts.values() if not fact.is_verified(on)]


def unverified_contacts(municipality: Municipality, on: date) -> list[VerifiedFact]:
    """Contact points and service information that stop the municipality's letters on the day."""
    return unverified(facts_in_letters(municipality), on)


def _named(fact: VerifiedFact) -> str:
    if fact.verified_on is None:
        return _("%(fact)s (never verified)") % {"fact": fact}
    return _("%(fact)s (last verified %(day)s)") % {"fact": fact, "day": written_date(fact.verified_on)}


def write_drafts(*, maker: LetterMaker, letters: Mapping[Household, LetterData]) -> dict[UUID, Letter]:
    """One draft a household, by household; a draft whose facts have changed is written anew.

    Nobody gets a second letter: a household whose letter is issued already is left out. Call it in a transaction.
    """
    before = {
        letter.household_id: letter
        for letter in Letter.objects.filter(household__in=letters, occasion=maker.template.occasion).only(
            "household_id", "sha256", "issued_on"
        )
    }
    drafts: dict[UUID, Letter] = {}
    for household, facts in letters.items():
        sha256 = digest(facts)
        known = before.get(household.pk)
        if known is None or (known.issued_on is None and known.sha256 != sha256):
            drafts[household.pk] = _draft(maker, household, facts, sha256)
        elif known.issued_on is None:
            drafts[household.pk] = known
    new = [draft for draft in drafts.values() if draft._state.adding]
    Letter.objects.filter(household__in=[draft.household_id for draft in new], issued_on=None).delete()
    Letter.objects.bulk_create(new)
    return drafts


def _draft(maker: LetterMaker, household: Household, facts: LetterData, sha256: str) -> Letter:
    return Letter(
        municipality=maker.municipality,
        household=household,
        occasion=maker.template.occasion,
        language=maker.language_of(household),
        template=maker.template,
        template_version=maker.template.version,
        facts=facts,
        sha256=sha256,
    )


def drop_drafts(letters: QuerySet[Letter]) -> None:
    """Those that will not be sent after all."""
    letters.filter(issued_on=None).delete()


def forget_address(household: Household) -> None:
    """A protected household: that a letter was sent stays, where it went does not."""
    documents.drop_contents(PrintJob.objects.filter(letters__household=household))
    drop_drafts(household.letters.all())
    household.letters.update(facts={})


def issue(*, letters: Sequence[UUID], on: date, print_job: PrintJob) -> int:
    """Drafts become letters that never change; says how many did. Each household sees that it was printed."""
    issued = Letter.objects.filter(pk__in=letters, issued_on=None).update(issued_on=on, print_job=print_job)
    access_log.note_printed(Household.objects.filter(letters__in=letters), by=print_job.by)
    return issued
