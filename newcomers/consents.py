"""What a person says yes to: for the host field by field, else to being written to. Effective in the same second."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newcomers.enums import ConsentPurpose, HouseholdState, ShareField
from newcomers.models import Consent, Person
from portal import registry

# Which text stands beside the buttons and boxes (TEXTS, and nowhere else); a new text gets a new version.
TEXT_VERSION = "2026-11"
# What each version said, so that "what did I say yes to" can be answered. An old version is never changed.
TEXTS = {
    "2026-11": {
        ConsentPurpose.HOST: _(
            "Your host always sees your first names, and in which language you like to talk. The rest is for you to "
            "decide, one thing at a time. You can change your mind at any time, and it changes nothing in what you get "
            "from us."
        ),
        ConsentPurpose.EVENTS: _("We write to you when there is a meeting or a gathering for those who are new here."),
        ConsentPurpose.TIPS: _("We write to you when a job or a home turns up that fits what you have told us."),
        ConsentPurpose.SURVEYS: _("We ask you a few questions now and then, so that we get better at this."),
        ConsentPurpose.NEWS: _("We write to you when there is news from the municipality, at most once a month."),
    }
}


def current_text(purpose: str) -> str:
    """What somebody says yes to who does so now."""
    return str(TEXTS[TEXT_VERSION][ConsentPurpose(purpose)])


def text_of(consent: Consent) -> str:
    """What they said yes to, in the language of the page; nothing for a version that nobody has written down."""
    return str(TEXTS.get(consent.text_version, {}).get(ConsentPurpose(consent.purpose), ""))


def give_consent(
    person: Person, *, purpose: str = ConsentPurpose.HOST, field: str = "", text_version: str = ""
) -> None:
    """From now on we may write to the person for this, or their host may see the field. Twice given is once given.

    `text_version` is the text they said yes to, if that was before now.
    """
    Consent.objects.get_or_create(
        person=person,
        purpose=ConsentPurpose(purpose),
        field=ShareField(field) if purpose == ConsentPurpose.HOST else "",
        withdrawn_at=None,
        defaults={"text_version": text_version or TEXT_VERSION},
    )


@transaction.atomic
def withdraw_consent(person: Person, *, purpose: str = ConsentPurpose.HOST, field: str = "") -> None:
    """From this moment on it no longer holds. The row stays as proof of what was agreed, and until when."""
    given = person.consents.filter(purpose=ConsentPurpose(purpose), field=field, withdrawn_at=None)
    numbers = list(given.values_list("pk", flat=True))
    given.update(withdrawn_at=timezone.now())
    registry.note_withdrawn(numbers)


def may_write(person: Person, purpose: str) -> bool:
    """Whether we may send this adult mail for this purpose now. Whoever sends asks, for each person, right before it.

    Asked of the database: the person may have taken it back, moved away or become protected since.
    """
    living = Person.objects.filter(pk=person.pk, is_adult=True, household__restricted=False).exclude(email="")
    here = living.exclude(household__state=HouseholdState.MOVED_AWAY)
    return here.filter(consents__purpose=ConsentPurpose(purpose), consents__withdrawn_at=None).exists()
