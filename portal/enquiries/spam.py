"""Robots are held back without pictures to read: a field that nobody sees, a signed time, a limit for each network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from allauth.core.internal import ratelimit
from crispy_forms.layout import HTML
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.forms import WithoutIdentityNumbers

# An hour: of one network (a library, a reception centre), and to one address.
RATES = {"ask": "20/h/key", "ask_for": "10/h/key", "wrong": "20/h/key", "right": "60/h/key"}
QUICKEST = timedelta(seconds=3)
LONGEST = timedelta(hours=24)
_signer = signing.TimestampSigner(salt="portal.enquiries.stamp")

# Not seen, not read out, not reached by keyboard; robots fill it in.
TRAP = HTML("<div hidden>{{ form.website.label_tag }}{{ form.website }}</div>")


class HeldBackForm(WithoutIdentityNumbers):
    """A form for everyone. Its stamp says when it was opened, and names what comes of it, so that it comes once."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["stamp"].initial = _new_stamp

    @property
    def is_trapped(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(str(self["website"].value() or "").strip())

    def show_again(self, data: Any) -> None:
        super().show_again(data)
        self.initial["stamp"] = _new_stamp()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            cleaned["submission"] = self._read_stamp(str(cleaned.get("stamp", "")))
        except signing.BadSignature:
            assert isinstance(self.data, MultiValueDict), "WithoutIdentityNumbers makes it one"
            self.data["stamp"] = _new_stamp()
            self.add_error(None, _("The page was open for too long. Nothing is lost: please send it again."))
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned

    def _read_stamp(self, stamp: str) -> UUID:
        submission = UUID(_signer.unsign(stamp, max_age=LONGEST))
        try:
            _signer.unsign(stamp, max_age=QUICKEST)
        except signing.SignatureExpired:
            return submission
        raise ValidationError(_("That went very fast. Nothing is lost: please send it again."))


def _new_stamp() -> str:
    return _signer.sign(uuid4().hex)


def too_many(request: HttpRequest, action: str, *, email: str = "") -> bool:
    """Whether this network, or this e-mail address, has sent enough for now."""
    counted = [(action, _network(request))] + ([(f"{action}_for", email.lower())] if email else [])
    return not all(
        ratelimit.consume(request, app="enquiries", action=name, config=RATES, key=key) for name, key in counted
    )


def _network(request: HttpRequest) -> str:
    """Tells networks apart for a day without saying which they are: no address is kept, not even for an hour."""
    address = f"{ratelimit.get_ip(request)} {clock.today()}"
    return salted_hmac("portal.enquiries.network", address, algorithm="sha256").hexdigest()


def is_from_here(request: HttpRequest) -> bool:
    """Whether one of our own pages sent it, as the browser says. For forms on pages that are the same for all."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()
