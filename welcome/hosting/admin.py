"""Hosts, plans and assignments in the office."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from parler.admin import TranslatableTabularInline
from parler.forms import TranslatableBaseInlineFormSet

from portal import clock
from portal.accounts.models import User
from portal.municipalities.access import municipalities_where
from portal.municipalities.admin_base import (
    OwnMunicipalityFilter,
    ScopedAdmin,
    ScopedForm,
    ScopedInline,
    ScopedTranslatableForm,
)
from portal.municipalities.enums import Permission
from welcome.hosting import services
from welcome.hosting.access import Card
from welcome.hosting.day_page import waiting_for_host
from welcome.hosting.enums import SPOKEN_LANGUAGES
from welcome.hosting.forms import HandOverForm, ReasonForm
from welcome.hosting.models import Assignment, FollowUpPlan, FollowUpStep, Host, PlanPoint, language_name

# --- Hosts ---


class HostForm(ScopedForm):
    """A host is added by e-mail address; the account is made if there is none."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("They sign in with a code sent to it."))
    name = forms.CharField(label=_("Name"), max_length=200)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, language_name(code)) for code in SPOKEN_LANGUAGES],
    )

    class Meta:
        model = Host
        fields = ("municipality", "area", "languages", "capacity", "about", "is_active")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        municipality, email = cleaned.get("municipality"), User.objects.normalize_email(cleaned.get("email"))
        if municipality and email and municipality.hosts.filter(user__email=email).exists():
            self.add_error("email", _("This person is a host here already."))
        return cleaned

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        if capacity < self.instance.open_assignments:
            raise ValidationError(
                _("This host has %(count)d households now. End or hand over some first."),
                params={"count": self.instance.open_assignments},
            )
        return capacity


@admin.register(Host)
class HostAdmin(ScopedAdmin):
    form = HostForm
    view_permission = Permission.HOSTS_MANAGE
    change_permission = Permission.HOSTS_MANAGE
    add_permission = Permission.HOSTS_MANAGE
    personal = True
    list_display = ("user", "area", "speaks", "open_assignments", "capacity", "is_active")
    list_filter = ("is_active", OwnMunicipalityFilter)
    list_select_related = ("user", "municipality")
    search_fields = ("user__name", "user__email", "area")
    fields = ("municipality", "email", "name", "area", "languages", "capacity", "about", "is_active")

    def get_fields(self, request: HttpRequest, obj: Host | None = None) -> Any:
        return ("municipality", "user", "address", *self.fields[3:]) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Host | None = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *(("user", "address") if obj else ()))

    def get_form(self, request: HttpRequest, obj: Host | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Whoever is a host already keeps their account: e-mail address and name are theirs."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj:
            del form.base_fields["email"], form.base_fields["name"]
        return form

    @admin.display(description=_("e-mail address"))
    def address(self, host: Host) -> str:
        return host.user.email

    @admin.display(description=_("languages"))
    def speaks(self, host: Host) -> str:
        return host.language_names

    def save_model(self, request: HttpRequest, obj: Host, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            typed = form.cleaned_data
            services.add_host(by=request.user, host=obj, email=typed["email"], name=typed["name"])


# --- Plans ---


class OwnContactsFormSet(TranslatableBaseInlineFormSet):
    """Nobody is sent to the desk of another municipality."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            contact = getattr(form, "cleaned_data", {}).get("contact")
            if contact and contact.municipality_id != self.instance.municipality_id:
                form.add_error("contact", _("This belongs to another municipality."))


class PlanInline(ScopedInline, TranslatableTabularInline):
    form = ScopedTranslatableForm
    view_permission = Permission.HOSTS_MANAGE
    change_permission = Permission.HOSTS_MANAGE
    template = "admin/parler/edit_inline/tabular_tabs.html"
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 4, "cols": 36})}}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("translations")


class StepInline(PlanInline):
    model = FollowUpStep
    fields = ("order", "code", "days_after_acceptance", "title", "guide")


class PointInline(PlanInline):
    model = PlanPoint
    formset = OwnContactsFormSet
    fields = ("order", "helps", "text", "contact")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        contacts = db_field.remote_field.model.objects.filter(
            municipality__in=municipalities_where(request.user, self.change_permission)
        )
        field = super().formfield_for_foreignkey(
            db_field, request, queryset=contacts.prefetch_related("translations"), **kwargs
        )
        field.choices = list(field.choices)  # looked up once, not for each point
        return field


@admin.register(FollowUpPlan)
class FollowUpPlanAdmin(ScopedAdmin):
    view_permission = Permission.HOSTS_MANAGE
    change_permission = Permission.HOSTS_MANAGE
    add_permission = Permission.HOSTS_MANAGE
    list_display = ("name", "municipality", "is_default")
    list_filter = (OwnMunicipalityFilter,)
    list_select_related = ("municipality",)
    fields = ("municipality", "name", "is_default")
    inlines = (StepInline, PointInline)


# --- Assignments ---


class AssignForm(forms.Form):
    """Which household, which host."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("household", "host"):
            field = Assignment._meta.get_field(name)
            offered = admin.site.get_model_admin(field.remote_field.model).get_queryset(request)
            self.fields[name] = forms.ModelChoiceField(
                label=field.verbose_name.capitalize(),
                queryset=offered.filter(municipality__in=municipalities_where(request.user, Permission.HOSTS_MANAGE)),
                # Hosts are few, and can be chosen without scripts; households stand as links below the form too.
                widget=AutocompleteSelect(field, admin.site) if name == "household" else forms.Select(),
            )
        self.fields["host"].queryset = self.fields["host"].queryset.select_related("user")


@admin.register(Assignment)
class AssignmentAdmin(ScopedAdmin):
    """Who follows whom. Not of protected households."""

    view_permission = Permission.HOSTS_MANAGE
    change_permission = Permission.HOSTS_MANAGE
    add_permission = Permission.HOSTS_MANAGE
    personal = True
    list_display = ("who", "host", "state", "last_talk", "next_step")
    list_filter = ("state", OwnMunicipalityFilter)
    search_fields = ("household__persons__name", "host__user__name")
    fields = (
        "household", "host", "state", "next_step", "contacts", "proposed_on", "accepted_on", "ended_on", "end_reason",
        "plan",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("settled", "hand_over", "end")
    change_form_template = "admin/hosting/assignment/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).shown().with_next_step()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """States move by actions; the page of one only shows it."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description=_("household"))
    def who(self, assignment: Assignment) -> str:
        return assignment.household.name

    @admin.display(description=_("last contact"), ordering="last_contact")
    def last_talk(self, assignment: Assignment) -> date | None:
        return assignment.last_contact

    @admin.display(description=_("next step"))
    def next_step(self, assignment: Assignment) -> str:
        card = Card(assignment, clock.today())
        if card.task is None:
            return "–"
        what = _("answer") if card.asks_for_answer else str(card.step or card.task.occasion)
        return f"{what}, {date_format(card.task.due_on)}"

    @admin.display(description=_("contacts"))
    def contacts(self, assignment: Assignment) -> str:
        logged = [
            (f"{date_format(c.on)}: {c.get_outcome_display()}" + (f" – {c.note}" if c.note else ""),)
            for c in assignment.conversations.all()
        ]
        return format_html_join("", "<p>{}</p>", logged) or "–"

    # --- Asking a host ---

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The service does the checking, and its answer stands at the field."""
        if not self.has_add_permission(request):
            return self._get_obj_does_not_exist_redirect(request, self.opts, None)
        initial = {name: request.GET[name] for name in ("household", "host") if name in request.GET}
        form = AssignForm(request.POST or None, request=request, initial=initial)
        if form.is_valid() and self._assigned(request, form):
            self.message_user(request, _("The host has got a mail, and answers on their own page."), messages.SUCCESS)
            return redirect(reverse("admin:hosting_assignment_changelist"))
        own = list(municipalities_where(request.user, Permission.HOSTS_MANAGE))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Ask a host"),
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
            "waiting": waiting_for_host(own, clock.today()).with_persons()[:20],
        }
        return TemplateResponse(request, "admin/hosting/assignment/ask.html", context)

    def _assigned(self, request: HttpRequest, form: AssignForm) -> bool:
        try:
            assignment = services.assign_host(by=request.user, on=clock.today(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return False
        self.log_addition(request, assignment, "")
        return True

    # --- Settled, ending and handing over ---

    @admin.action(description=_("Settled: they stand on their own feet"), permissions=["change"])
    def settled(self, request: HttpRequest, queryset: QuerySet[Assignment]) -> None:
        done = 0
        for assignment in queryset:
            with suppress(services.MoveRefused):
                services.complete(by=request.user, assignment=assignment, on=clock.today())
                self.log_change(request, assignment, "")
                done += 1
        self.message_user(request, _("%(count)d done.") % {"count": done}, messages.SUCCESS)

    @admin.action(description=_("End, with a reason"), permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Assignment]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "apply" in request.POST else None)

        def end_one(assignment: Assignment) -> None:
            services.end(by=request.user, assignment=assignment, on=clock.today(), **form.cleaned_data)

        return self._ask_and_do(request, queryset, form, "end", _("End"), end_one)

    @admin.action(description=_("Hand over to another host"), permissions=["change"])
    def hand_over(self, request: HttpRequest, queryset: QuerySet[Assignment]) -> HttpResponse | None:
        towns = {assignment.municipality_id: assignment.municipality for assignment in queryset}
        if len(towns) != 1:
            self.message_user(request, _("Choose households of one municipality."), messages.WARNING)
            return None
        form = HandOverForm(request.POST if "apply" in request.POST else None, municipality=next(iter(towns.values())))

        def hand_over_one(assignment: Assignment) -> None:
            services.hand_over(by=request.user, assignment=assignment, on=clock.today(), **form.cleaned_data)

        return self._ask_and_do(request, queryset, form, "hand_over", _("Hand over"), hand_over_one)

    def _ask_and_do(
        self,
        request: HttpRequest,
        queryset: QuerySet[Assignment],
        form: forms.Form,
        action: str,
        button: str,
        do: Callable[[Assignment], None],
    ) -> HttpResponse | None:
        """All of the chosen, or none and the reason why at the field."""
        if form.is_valid():
            try:
                with transaction.atomic():
                    for assignment in queryset:
                        do(assignment)
                        self.log_change(request, assignment, "")
            except ValidationError as error:
                form.add_error(
                    None, error if set(getattr(error, "error_dict", {})) <= set(form.fields) else error.messages
                )
            except services.MoveRefused as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("Done."), messages.SUCCESS)
                return None
        context = {
            **self.admin_site.each_context(request),
            "title": button,
            "opts": self.opts,
            "form": form,
            "action": action,
            "chosen": [(assignment.pk, str(assignment)) for assignment in queryset],
            "button": button,
        }
        return TemplateResponse(request, "admin/ask_first.html", context)
