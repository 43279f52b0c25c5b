"""The page that the mail about unchecked facts opens: no sign-in, one button for each fact."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.models import User
from portal.pages import verification
from portal.pages.verification import LinkAltered, LinkExpired


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    on = clock.today()
    try:
        person = verification.read_token(token, on)
    except LinkExpired:
        return render(request, "pages/verify_not.html", {"is_expired": True}, status=410)
    except LinkAltered:
        return render(request, "pages/verify_not.html", {"is_expired": False}, status=404)
    if request.method == "POST":
        _say(request, verification.confirm(request.POST.get("fact", ""), by=person, on=on))
        return redirect("verify", token)
    facts = [_shown(fact, person) for fact in verification.waiting_for(person, on)]
    return render(request, "pages/verify.html", {"facts": facts, "person": person})


def _say(request: HttpRequest, was_waiting: bool | None) -> None:
    if was_waiting:
        messages.success(request, _("Thank you. It now says that it was checked today."))
    elif was_waiting is None:
        messages.warning(request, _("This is no longer yours to confirm: it is gone, or somebody else has it now."))
    else:
        messages.info(request, _("This is confirmed already. You need do nothing more."))


def _shown(fact: Any, person: User) -> dict[str, Any]:
    page = fact.get_absolute_url() if hasattr(fact, "get_absolute_url") else ""
    return verification.words_of(fact, get_language() or settings.LANGUAGE_CODE) | {
        "reference": verification.reference(fact),
        "place": fact.municipality.name,
        "verified_on": fact.verified_on,
        "is_overdue": fact.is_overdue,
        "is_own": fact.owner_id == person.pk,
        "page_url": page,
        "edit_url": reverse(f"admin:pages_{fact._meta.model_name}_change", args=[fact.pk]),
    }
