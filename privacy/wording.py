"""How what is kept reads on paper: which table comes first, what a column is called, what a code means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from newcomers import occupations, wishes
from newcomers.forms import LANGUAGE_WISHES
from newcomers.languages import language_name
from newcomers.models import Household, Person, Preferences
from portal import personal_data, registry
from privacy.my_page import through_which_page

# The household and its people, then what was done for them; how they sign in, and who looked, last.
FIRST = ["newcomers.Household", "newcomers.Person", "newcomers.Preferences", "newcomers.Consent"]
LAST = [
    "accounts.User", "account.EmailAddress", "outbox.Message", "outbox.BouncedAddress", "privacy.AccessEntry",
    "municipalities.StaffRole", "mfa.Authenticator", "socialaccount.SocialAccount", "usersessions.UserSession",
]  # fmt: skip
# Where the table or the column has no words of its own, as in a library's, or only the office's.
TITLES: dict[str, str | Promise] = {
    "newcomers.Household": _("your household"),
    "newcomers.Person": _("the people in your household"),
    "newcomers.Preferences": _("what you wish"),
    "privacy.AccessEntry": _("who has looked"),
    "mfa.Authenticator": _("second ways to sign in"),
    "usersessions.UserSession": _("browsers that are signed in"),
}
LABELS: dict[str, str | Promise] = {
    "answered_on": _("answered on"),
    "answers": _("answers"),
    "child_birth_years": _("the children's birth years"),
    "confirmed_at": _("confirmed"),
    "consents": _("consents"),
    "created_at": _("since"),
    "differences": _("what differs"),
    "email": _("e-mail address"),
    "facts": _("what stands in it"),
    "from_state": _("from"),
    "ip": _("network address"),
    "language": _("language"),
    "last_seen_at": _("last seen"),
    "last_used_at": _("last used"),
    "left_out": _("left out"),
    "logged_at": _("written down"),
    "maybe_when": _("perhaps in"),
    "on": _("day"),
    "packed": _("what stood in the list"),
    "rule": _("what it was about"),
    "said_yes": _("said yes"),
    "share": _("your host may see"),
    "situation": _("situation"),
    "source": _("how it came"),
    "step": _("step"),
    "text_version": _("version of the text"),
    "to_state": _("to"),
    "touched_at": _("last changed"),
    "type": _("kind"),
    "user_agent": _("browser"),
    "way_in": _("way in"),
    "written_at": _("written"),
}
# They steer the portal, and tell a reader nothing that does not stand beside them.
FOR_MACHINES = {
    "outbox.Message": {"kind", "purpose"},
    "municipalities.DatedTask": {"occasion", "outcome"},
    "newcomers.MoverRow": {"differences"},
}
_OF_ADULTS = {"wants_job"}
_HOUSEHOLD = (Household, Person, Preferences)


def place_of(model: str) -> tuple[int, int]:
    """Where a table stands; the others keep their order between the first and the last."""
    for rank, models in ((0, FIRST), (2, LAST)):
        if model in models:
            return rank, models.index(model)
    return 1, 0


def title_of(model: type[Model]) -> str:
    return capfirst(str(TITLES.get(model._meta.label) or model._meta.verbose_name_plural))


def label_of(field: Any) -> str:
    """Made from its name, a column's label is English: then ours stands."""
    ours = None if isinstance(field.verbose_name, Promise) else LABELS.get(field.name)
    return capfirst(str(ours or field.verbose_name))


def words_of(row: Model, name: str) -> str:
    """ "" for what does not apply, or tells people nothing."""
    if name in FOR_MACHINES.get(row._meta.label, ()) or (name in _OF_ADULTS and not getattr(row, "is_adult", True)):
        return ""
    if of_row := _OF_ROWS.get(f"{row._meta.label}.{name}"):
        return of_row(row)
    field: Any = row._meta.get_field(name)
    if field.choices:
        return str(getattr(row, f"get_{name}_display")())
    return in_words(getattr(row, name), name if isinstance(row, _HOUSEHOLD) or name in _CODES else "")


def in_words(value: object, name: str = "") -> str:
    """For people: days written out, lists with commas, yes and no; codes by the `name` they stand under."""
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping):
        return "\n".join(_line(str(key), item) for key, item in value.items() if item not in ("", None, [], {}))
    if name in _CODES:
        return _CODES[name](value)
    if name in wishes.LABELS:
        return wishes.in_words(name, value)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list | tuple):
        return ", ".join(in_words(item, name) for item in value)
    return _choice(name, str(value))


def _line(name: str, value: object) -> str:
    """A part of what is kept together, such as the answers of a registration; a group of them has no name."""
    if isinstance(value, Mapping):
        return in_words(value)
    field = _field(name)
    label = label_of(field) if field else capfirst(str(LABELS.get(name, name)))
    return f"{label}: {in_words(value, name)}"


def _field(name: str) -> Field[Any, Any] | None:
    for model in _HOUSEHOLD:
        try:
            return model._meta.get_field(name)  # type: ignore[return-value]  # columns alone are asked for
        except FieldDoesNotExist:
            continue
    return None


def _choice(name: str, value: str) -> str:
    choices = getattr(_field(name), "flatchoices", None) if name else None
    return str(dict(choices).get(value, value)) if choices else value


# --- Codes ---


def _language(value: Any) -> str:
    return dict(LANGUAGE_WISHES).get(value) or capfirst(language_name(value))


def _rule(value: Any) -> str:
    return str(personal_data.rules[value].title) if value in personal_data.rules else ""


def _occupation(value: Any) -> str:
    return occupations.title(value, get_language() or "nb")


_CODES: dict[str, Callable[[Any], str]] = {
    "language": _language,
    "languages": partial(wishes.in_words, "languages"),
    "occupation_code": _occupation,
    "rule": _rule,
}


def _promise(task: Any) -> str:
    kind = registry.task_kinds.get(task.kind)
    return str(kind.title(task)) if kind else ""


_OF_ROWS: dict[str, Callable[[Any], str]] = {
    "municipalities.DatedTask.kind": _promise,
    "newcomers.Pair.reasons": lambda pair: str(pair.why),
    "privacy.AccessEntry.page": lambda entry: through_which_page(entry.page),
}
