"""Municipalities and roles in the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal import clock, registry
from portal.accounts.models import User
from portal.municipalities import admin_tasks  # noqa: F401  # registers the list of promises
from portal.municipalities.access import has_permission, is_region_administrator
from portal.municipalities.admin_base import (
    OwnMunicipalityFilter,
    ScopedAdmin,
    ScopedForm,
    ScopedTranslatableAdmin,
)
from portal.municipalities.enums import Permission, Role
from portal.municipalities.models import Municipality, StaffRole, default_languages


class LanguagesField(forms.CharField):
    """Codes with commas between, in order: the first is the main language."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        codes = list(dict.fromkeys(str(value or "").lower().replace(",", " ").split()))
        offered = default_languages()
        if not set(codes) <= set(offered):
            raise ValidationError(_("Write these, with commas between: %(codes)s.") % {"codes": ", ".join(offered)})
        return codes or offered

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != data)


@admin.register(Municipality)
class MunicipalityAdmin(ScopedTranslatableAdmin):
    """The full list of Norway for the region administrator; their own one for coordinators."""

    municipality_path = "pk"
    view_permission = Permission.MUNICIPALITY_EDIT
    change_permission = Permission.MUNICIPALITY_EDIT
    switch_permission = Permission.MUNICIPALITY_SWITCH
    list_display = ("name", "code", "county", "written_form", "is_active")
    list_filter = ("is_active", "county", "written_form")
    search_fields = ("name", "code", "centre")
    actions = ("switch_on", "switch_off")
    readonly_fields = ("code", "name", "county", "website", "centre", "is_active")

    def municipality_of(self, obj: Any) -> Municipality | None:
        return obj if isinstance(obj, Municipality) else None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "languages":
            return LanguagesField(label=db_field.verbose_name, help_text=db_field.help_text, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, self.switch_permission)

    @admin.action(description=_("Switch on the chosen municipalities"), permissions=["switch"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[Municipality]) -> None:
        chosen = list(queryset.filter(is_active=False))
        changed = queryset.filter(is_active=False).update(is_active=True)
        for municipality in chosen:
            registry.prepare(municipality, clock.today())
        self.message_user(
            request,
            _("%(count)d switched on. Next: give each a coordinator (Roles), and its service office's address.")
            % {"count": changed},
            messages.SUCCESS,
        )

    @admin.action(description=_("Switch off the chosen municipalities"), permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Municipality]) -> None:
        changed = queryset.filter(is_active=True).update(is_active=False)
        self.message_user(
            request, _("%(count)d switched off. Their pages are closed; nothing is deleted.") % {"count": changed}
        )


class StaffRoleForm(ScopedForm):
    """A role is given to an e-mail address; its account is made if there is none."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=200)
    giver: User

    class Meta:
        model = StaffRole
        fields = ("municipality", "role")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        region = cleaned.get("role") == Role.REGION_ADMINISTRATOR
        if region and not is_region_administrator(self.giver):
            self.add_error("role", _("Only a region administrator can make another."))
        if region and cleaned.get("municipality"):
            self.add_error("municipality", _("A region administrator has no municipality. Leave this empty."))
        if not region and "role" in cleaned and not cleaned.get("municipality"):
            self.add_error("municipality", _("Choose the municipality of this role."))
        self._refuse_a_second_time(cleaned)
        return cleaned

    def _refuse_a_second_time(self, cleaned: dict[str, Any]) -> None:
        given = StaffRole.objects.filter(
            user__email=User.objects.normalize_email(cleaned.get("email")),
            role=cleaned.get("role", ""),
            municipality=cleaned.get("municipality"),
        )
        if given.exists():
            self.add_error("role", _("This person has this role already."))


@admin.register(StaffRole)
class StaffRoleAdmin(ScopedAdmin):
    form = StaffRoleForm
    view_permission = Permission.ROLES_MANAGE
    add_permission = Permission.ROLES_MANAGE
    delete_permission = Permission.ROLES_MANAGE
    list_display = ("user", "email", "role", "municipality")
    list_filter = ("role", OwnMunicipalityFilter)
    list_select_related = ("user", "municipality")
    search_fields = ("user__email", "user__name")
    fields = ("email", "name", "municipality", "role")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffRole]:
        """Region administrators also see each other."""
        if not is_region_administrator(request.user):
            return super().get_queryset(request)
        own = Q(municipality__in=self.visible_municipalities(request)) | Q(municipality=None)
        return StaffRole.objects.filter(own)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user", "municipality", "role") if obj else self.fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.giver = request.user
        return form

    @admin.display(description=_("e-mail address"))
    def email(self, role: StaffRole) -> str:
        return role.user.email

    def save_model(self, request: HttpRequest, obj: StaffRole, form: Any, change: bool) -> None:
        language = obj.municipality.main_language if obj.municipality else request.user.language
        obj.user = User.objects.for_email(form.cleaned_data["email"], name=form.cleaned_data["name"], language=language)
        super().save_model(request, obj, form, change)
