"""The scoped admin: staff see and choose only what belongs to their own municipality."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from parler.admin import TranslatableAdmin
from parler.forms import TranslatableModelForm

from portal.identity_numbers import no_identity_number
from portal.municipalities.access import has_permission, municipalities_where
from portal.municipalities.enums import Permission
from portal.municipalities.models import Municipality

LONGEST_SEARCH = 200


class ScopedFormMixin:
    """Nothing is tied to a row of another municipality, also not by staff who work in both; no text holds an
    identity number."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}  # type: ignore[misc]  # a mixin for ModelForms
        own = cleaned.get("municipality") or getattr(self.instance, "municipality", None)  # type: ignore[attr-defined]
        for name, value in list(cleaned.items()):  # add_error takes the value out
            chosen = value if isinstance(value, QuerySet) else [value]
            towns = {getattr(row, "municipality_id", None) for row in chosen if isinstance(row, Model)}
            if own is not None and towns - {None, own.pk}:
                self.add_error(name, _("This belongs to another municipality."))  # type: ignore[attr-defined]
        self._refuse_identity_numbers(cleaned)
        return cleaned

    def _refuse_identity_numbers(self, cleaned: dict[str, Any]) -> None:
        texts = {name: value for name, value in cleaned.items() if isinstance(value, str)}
        for name, text in texts.items():
            try:
                no_identity_number(text)
            except ValidationError as error:
                self.add_error(name, error)  # type: ignore[attr-defined]  # a mixin for ModelForms


class ScopedForm(ScopedFormMixin, forms.ModelForm):
    pass


class ScopedTranslatableForm(ScopedFormMixin, TranslatableModelForm):
    pass


class OwnMunicipalityFilter(admin.SimpleListFilter):
    """Offers only the municipalities in which one may see the list; stays away when there is but one."""

    title = _("municipality")
    parameter_name = "municipality"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        own = list(model_admin.visible_municipalities(request).filter(is_active=True))
        return [(m.code, m.name) for m in own] if len(own) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(Q(**{f"{self._path}__code": self.value()}))

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self._path = model_admin.municipality_path
        super().__init__(request, params, model, model_admin)


class ScopedAdmin(admin.ModelAdmin):
    """The only base of admins. Each names the permissions its roles need; without one, nobody may."""

    form = ScopedForm
    # The way from a row to its municipality, as in a queryset filter; None for tables of the whole portal.
    municipality_path: str | None = "municipality"
    view_permission: Permission
    change_permission: Permission | None = None
    add_permission: Permission | None = None
    delete_permission: Permission | None = None
    # Rows about persons: the admin's log keeps that they were changed and by whom, never their names.
    personal = False
    # Names households on its pages without being about one, as a run or a list of movers: logged as a list.
    shows_households = False
    # Actions that change nothing of the chosen rows, but go on with them on another page.
    only_choosing: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    # --- What is seen ---

    def visible_municipalities(self, request: HttpRequest) -> QuerySet[Municipality]:
        return municipalities_where(request.user, self.view_permission)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset = super().get_queryset(request)
        if self.municipality_path is None:
            return queryset
        return queryset.filter(**{f"{self.municipality_path}__in": self.visible_municipalities(request)})

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Headed by what stands in it. In a window that something is chosen in, Django's own words fit."""
        changelist = super().get_changelist_instance(request)
        if not changelist.is_popup:
            changelist.title = capfirst(str(self.opts.verbose_name_plural))
        return changelist

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        # No database takes a search of thousands of words, and nobody types one.
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH])

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.rows_seen(request).append(found)
        return found

    @staticmethod
    def rows_seen(request: HttpRequest) -> list[Model]:
        """Rows that this request took up or wrote, for the log of who has looked (privacy.middleware)."""
        if not hasattr(request, "_rows_seen"):
            request._rows_seen = []  # type: ignore[attr-defined]  # a list on this request only
        return request._rows_seen  # type: ignore[attr-defined,no-any-return]  # set on the line above

    def municipality_of(self, obj: Model | None) -> Municipality | None:
        if self.municipality_path is None:
            return None
        value: Any = obj
        for name in self.municipality_path.split("__"):
            value = getattr(value, name, None)
        return value

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> HttpResponse:
        raise Http404  # a stranger's id and one that never was look the same

    # --- What is allowed ---

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, self.view_permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_permission(request.user, self.view_permission, self.municipality_of(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_permission(request.user, self.change_permission, self.municipality_of(obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_permission(request.user, self.add_permission)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_permission(request.user, self.delete_permission, self.municipality_of(obj))

    # --- What is done to many ---

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The list shows what one may see; an action reaches the rows of it where one may do what it does."""
        actions = super().get_actions(request)
        return {
            name: (self._where_allowed(function), name, title) for name, (function, _name, title) in actions.items()
        }

    def permission_for(self, action: Callable[..., Any]) -> Permission | None:
        """Of the name an action is declared with: "change" stands for `change_permission`, as any other."""
        name, *_others = getattr(action, "allowed_permissions", ["change"])
        permission: Permission | None = getattr(self, f"{name}_permission")
        return permission

    def _where_allowed(self, action: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(action)
        def act(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
            if self.municipality_path:
                allowed_in = municipalities_where(request.user, self.permission_for(action))
                queryset = queryset.filter(**{f"{self.municipality_path}__in": allowed_in})
            # Of "all that were found", the request names only those of the page.
            across = self.personal and request.POST.get("select_across") == "1"
            found = [self.model(pk=pk) for pk in queryset.values_list("pk", flat=True)] if across else []
            answer = action(model_admin, request, queryset)
            if answer is None or answer.status_code == 302:  # it was done, not asked first
                self.rows_seen(request).extend(found)
            return answer

        return act

    # --- What can be chosen ---

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self.choices_for(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self.choices_for(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def choices_for(self, db_field: Field[Any, Any], request: HttpRequest) -> QuerySet[Any]:
        related: Any = db_field.remote_field.model
        editable_in = municipalities_where(request.user, self.change_permission or self.add_permission)
        if related is Municipality:
            return editable_in.filter(is_active=True)
        if related is get_user_model():
            return related.objects.filter(staff_roles__municipality__in=editable_in).distinct()
        related_admin = self.admin_site._registry.get(related)
        if related_admin is None:
            return related.objects.none()
        return related_admin.get_queryset(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A row never moves to another municipality."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "municipality") if obj and self.municipality_path == "municipality" else fields

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        own = municipalities_where(request.user, self.add_permission).filter(is_active=True)[:2]
        if len(own) == 1 and self.municipality_path == "municipality":
            initial.setdefault("municipality", own[0].pk)
        return initial

    # --- What is remembered ---

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return (
            self._log_without_person(request, obj, 1) if self.personal else super().log_addition(request, obj, message)
        )

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._log_without_person(request, obj, 2) if self.personal else super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.personal:
            return super().log_deletions(request, queryset)
        return [self._log_without_person(request, obj, 3) for obj in queryset]

    def _log_without_person(self, request: HttpRequest, obj: Any, action: int) -> LogEntry:
        self.rows_seen(request).append(obj)
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=str(obj.pk),
            action_flag=action,
            change_message="",
        )


class ScopedInline(admin.TabularInline):
    """Rows of a parent's page; whoever may see or change the parent's permission may these.

    The stock table names its fields in the header alone, so each field carries its name itself.
    """

    form = ScopedForm
    view_permission: Permission
    change_permission: Permission | None = None
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_permission(request.user, self.view_permission, self._municipality_of(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_permission(request.user, self.change_permission, self._municipality_of(obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def _municipality_of(self, parent: Model | None) -> Municipality | None:
        page = self.admin_site._registry[self.parent_model]
        return page.municipality_of(parent) if parent and isinstance(page, ScopedAdmin) else None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = field.label
        return field

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.deletion_widget = forms.CheckboxInput(attrs={"aria-label": _("Delete")})
        return formset


class ScopedTranslatableAdmin(ScopedAdmin, TranslatableAdmin):
    """A scoped admin whose texts are edited language by language."""

    form = ScopedTranslatableForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("translations")
