"""What the office does on the page of a household, beside editing it: take it, note something, protect it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from newcomers import members, services
from newcomers.enums import HouseholdState, NoteKind
from newcomers.models import Household, Note
from newcomers.office import inbox
from newcomers.office import services as office
from newcomers.office.forms import ChangeNoteForm, NoteForm
from portal import clock, registry
from portal.municipalities.access import has_permission
from portal.municipalities.enums import Permission

NAME = "newcomers_household"


class HouseholdPages(admin.ModelAdmin):
    """The pages and buttons of one household."""

    def get_urls(self) -> list[URLPattern]:
        views = [
            ("protect", self.protect, "protect"),
            ("take", require_POST(self.take), "take"),
            ("talked", require_POST(self.talked), "talked"),
            ("note", self.note, "note"),
            ("detach", require_POST(self.detach), "detach"),
        ]
        wrap = self.admin_site.admin_view
        own = [path(f"<uuid:pk>/{end}/", wrap(view), name=f"{NAME}_{name}") for end, view, name in views]
        change = path("notes/<uuid:note_id>/", wrap(self.change_note), name=f"{NAME}_change_note")
        return [*own, change, *super().get_urls()]

    def _own(self, request: HttpRequest, pk: object) -> Household:
        household = self.get_object(request, str(pk))
        if household is None or not self.has_change_permission(request, household):
            raise Http404
        return household

    def _back(self, household: Household) -> HttpResponse:
        return redirect(reverse(f"admin:{NAME}_change", args=[household.pk]))

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/newcomers/household/{template}.html", shared | context)

    # --- The page itself ---

    def page_context(self, request: HttpRequest, household: Household) -> dict[str, Any]:
        on = clock.today()
        own_notes = household.notes.filter(by=request.user).order_by("-on", "-written_at")
        return {
            "may_protect": self._may_protect(request, household),
            "actions": registry.actions(request.user, household),
            "next_step": inbox.next_step(household, on),
            "is_mine": household.owner_id == request.user.pk,
            "moves": _moves(household),
            "with_account": [adult for adult in household.adults if adult.user_id],
            "note_form": NoteForm(initial={"on": on, "kind": NoteKind.NOTE}),
            "notes_of_today": [n for n in own_notes[:20] if office.may_change_note(n, request.user)],
        }

    # --- Buttons ---

    def take(self, request: HttpRequest, pk: str) -> HttpResponse:
        household = self._own(request, pk)
        office.assign(households=Household.objects.filter(pk=household.pk), owner=request.user, by=request.user)
        self.log_change(request, household, "")
        self.message_user(request, _("You have this household now."), messages.SUCCESS)
        return self._back(household)

    def talked(self, request: HttpRequest, pk: str) -> HttpResponse:
        household = self._own(request, pk)
        office.write_note(household=household, by=request.user, text="", kind=NoteKind.TALKED, on=clock.today())
        self.log_change(request, household, "")
        self.message_user(request, _("Noted: you talked with them today."), messages.SUCCESS)
        return self._back(household)

    def detach(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Close the account of an adult out of the household, as when somebody else has got in."""
        household = self._own(request, pk)
        chosen = request.POST.get("person")
        adult = next((person for person in household.adults if str(person.pk) == chosen), None)
        if adult is None:
            raise Http404
        if members.detach_account(adult, by=request.user):
            self.log_change(request, household, "")
            self.message_user(request, _("The account no longer sees this household."), messages.SUCCESS)
        return self._back(household)

    # --- Notes ---

    def note(self, request: HttpRequest, pk: str) -> HttpResponse:
        household = self._own(request, pk)
        form = NoteForm(request.POST or None, initial={"on": clock.today()})
        if form.is_valid():
            office.write_note(household=household, by=request.user, **form.cleaned_data)
            self.log_change(request, household, "")
            self.message_user(request, _("The note is kept."), messages.SUCCESS)
            return self._back(household)
        return self._page(request, "note", title=_("Note"), original=household, form=form)

    def change_note(self, request: HttpRequest, note_id: str) -> HttpResponse:
        own = Note.objects.filter(household__in=self.get_queryset(request), by=request.user)
        note = get_object_or_404(own.select_related("household__municipality"), pk=note_id)
        household = self._own(request, note.household_id)
        form = ChangeNoteForm(request.POST or None, initial={"text": note.text})
        if form.is_valid():
            try:
                office.change_note(note=note, by=request.user, text=form.cleaned_data["text"])
            except office.NoLongerYours:
                text = _("A note can be changed on the day it was written. Write a new one that says what was wrong.")
                self.message_user(request, text, messages.WARNING)
            return self._back(household)
        return self._page(request, "note", title=_("Change the note"), original=household, form=form)

    # --- Protected address ---

    def protect(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Ask once more, then take the household out of every list and forget its address."""
        household = self.get_object(request, str(pk))
        if household is None or not self._may_protect(request, household):
            raise Http404
        if request.method == "POST":
            services.restrict(household, by=request.user)
            self.log_change(request, household, "")
            self.message_user(request, _("The household is protected and stands in no list any more."))
            return redirect(reverse(f"admin:{NAME}_changelist"))
        return self._page(request, "protect", title=_("Protected address"), original=household)

    def _may_protect(self, request: HttpRequest, household: Household) -> bool:
        return has_permission(request.user, Permission.HOUSEHOLD_RESTRICT, household.municipality)


def _moves(household: Household) -> list[tuple[str, Any]]:
    """The list's actions by which this household can be closed."""
    settle = ("mark_settled", _("Settled: they stand on their own feet"))
    leave = ("mark_moved_away", _("Moved away"))
    return {HouseholdState.MOVED_IN: [settle, leave], HouseholdState.SETTLED: [leave]}.get(
        HouseholdState(household.state), []
    )
