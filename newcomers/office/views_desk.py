"""The link in the copy that goes to whoever was registered at the desk: is it right, and is it you?"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from newcomers.models import DeskConfirmation
from newcomers.office import desk
from portal import clock
from portal.municipalities.middleware import MunicipalityRequest


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_desk(request: MunicipalityRequest, pk: UUID) -> HttpResponse:
    """Opening it changes nothing. It says neither names nor addresses: the mail may have reached somebody else."""
    own = DeskConfirmation.objects.filter(
        person__household__municipality=request.municipality, person__household__restricted=False
    )
    row = get_object_or_404(own.select_related("person__household__municipality"), pk=pk)
    on = clock.today()
    if request.method == "POST":
        answer = desk.confirm if request.POST.get("answer") == "yes" else desk.deny
        answer(row, on=on)
        return redirect(reverse("newcomers:confirm_desk", args=[request.municipality.slug, row.pk]))
    return render(request, "newcomers/confirm_desk.html", {"row": row, "is_open": desk.is_open(row, on)})
