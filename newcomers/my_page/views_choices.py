"""What people say yes and no to: for the host field by field, for mail purpose by purpose."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from newcomers import consents, contact
from newcomers.enums import CONTACT_PURPOSES, ConsentPurpose, ShareField
from newcomers.models import Consent, Person
from newcomers.my_page.shared import own_person_or_404
from portal.municipalities.middleware import MunicipalityRequest, SignedInRequest


@require_safe
def choices(request: SignedInRequest) -> HttpResponse:
    """One button a choice, and what was said yes to before."""
    person = own_person_or_404(request)
    said = list(person.consents.order_by("given_at", "pk"))
    open_now = {(consent.purpose, consent.field): consent for consent in said if consent.withdrawn_at is None}
    return render(
        request,
        "newcomers/my_choices.html",
        {
            "about_host": consents.current_text(ConsentPurpose.HOST),
            "fields": [
                {"name": field.value, "label": field.label, "given": open_now.get((ConsentPurpose.HOST, field.value))}
                for field in ShareField
            ],
            "purposes": [
                {
                    "name": purpose.value,
                    "label": purpose.label,
                    "text": consents.current_text(purpose),
                    "given": open_now.get((purpose.value, "")),
                }
                for purpose in CONTACT_PURPOSES
            ],
            "said": [
                {"consent": consent, "what": _what(consent), "text": consents.text_of(consent)} for consent in said
            ],
            "person": person,
        },
    )


def _what(consent: Consent) -> str:
    if consent.purpose == ConsentPurpose.HOST:
        return _("Your host may see: %(what)s") % {"what": ShareField(consent.field).label}
    return str(ConsentPurpose(consent.purpose).label)


@require_POST
def share(request: SignedInRequest, field: str) -> HttpResponse:
    """What the host may see, from this second on."""
    person = own_person_or_404(request)
    if field not in ShareField.values:
        raise Http404
    if request.POST.get("answer") == "yes":
        consents.give_consent(person, field=field)
        messages.success(request, _("Your host may see it from now on."))
    else:
        consents.withdraw_consent(person, field=field)
        messages.success(request, _("Your host no longer sees it."))
    return redirect(_choices_url(request) + "#sharing")


@require_POST
def choose(request: SignedInRequest, purpose: str) -> HttpResponse:
    """Whether we may write for this purpose, from this second on."""
    person = own_person_or_404(request)
    if purpose not in CONTACT_PURPOSES:
        raise Http404
    if request.POST.get("answer") == "yes":
        consents.give_consent(person, purpose=purpose)
        messages.success(request, _("Thank you. We write to you about it from now on."))
    else:
        consents.withdraw_consent(person, purpose=purpose)
        messages.success(request, _("We no longer write to you about it."))
    return redirect(_choices_url(request) + "#mail")


def _choices_url(request: MunicipalityRequest) -> str:
    return reverse("newcomers:choices", args=[request.municipality.slug])


# --- From a mail, without signing in --------------------------------------------------------------


# Mail programs post here themselves (RFC 8058): without a cookie, so without its token. The address is the proof.
@csrf_exempt
@login_not_required
def unsubscribe(request: MunicipalityRequest, token: str) -> HttpResponse:
    """A page with one button. Looking changes nothing, since mail scanners open every link."""
    found = contact.read_token(token)
    if found is None:
        raise Http404
    person_id, purpose = found
    if request.method == "POST":
        # Whoever is erased or gone gets no mail either way: the answer is the same.
        for person in Person.objects.filter(pk=person_id, household__municipality=request.municipality):
            consents.withdraw_consent(person, purpose=purpose)
    context = {"purpose": purpose, "is_done": request.method == "POST"}
    return render(request, "newcomers/unsubscribe.html", context)
