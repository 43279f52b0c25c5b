"""Pictures, and the look of the site, in the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedForm
from portal.municipalities.enums import Permission
from portal.pages.admin_facts import LANGUAGES, PageAdmin, PageForm, UsedByReference
from portal.pages.models import Picture, SiteLook
from portal.pages.pictures import MAX_BYTES, read, renditions, sources, store, with_files
from portal.pages.themes import SAMPLES, THEMES


class PictureForm(PageForm):
    """The file stands last: one that is too large is cut off, and what stands before it is kept."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 12 MB and 30 megapixels. Where it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    too_large = False
    image: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alt"].required = False
        if not self.instance._state.adding:
            self.fields["file"].label = _("Another file in its place")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if self.too_large:
            read(b" " * (MAX_BYTES + 1))  # says that it is
        if upload is not None:
            self.image = read(upload.read())
        elif self.instance._state.adding:
            raise ValidationError(_("Choose a picture."))
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        own = cleaned.get("municipality") or getattr(self.instance, "municipality", None)
        if own and not cleaned.get("is_decoration") and "alt" in cleaned:
            self._ask_for_words(cleaned["alt"], own.main_language)
        return cleaned

    def _ask_for_words(self, alt: str, main: str) -> None:
        """In the main language; the other languages fall back on it."""
        if self.language_code == main and not alt:
            self.add_error("alt", _("Say what the picture shows, or tick that it only decorates."))
        elif self.language_code != main and not self._has_words(main):
            message = _("Say first in %(language)s what the picture shows.") % {"language": LANGUAGES[main]}
            self.add_error("alt", message)

    def _has_words(self, language: str) -> bool:
        return any(text.alt and text.language_code == language for text in self.instance.translations.all())


class Pictured:
    """A mixin: the picture itself, small."""

    def small(self, picture: Any) -> SafeString | str:
        found = sources(picture, "nb")
        if found is None:
            return "–"
        return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', found.small_src)


@admin.register(Picture)
class PictureAdmin(UsedByReference, Pictured, PageAdmin):
    form = PictureForm
    list_display = ("thumbnail", "__str__", "credit", "used_in", "created_at", "municipality")
    list_display_links = ("__str__",)
    list_filter = ("is_decoration", OwnMunicipalityFilter)
    search_fields = ("translations__alt", "credit")
    readonly_fields = ("thumbnail",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ("municipality", "alt", "is_decoration", "credit", "file")
        return ("thumbnail", *fields) if obj else fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        return super().get_queryset(request).prefetch_related(with_files())

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.too_large = bool(request.POST) and getattr(request, "upload_too_large", False)
        return form

    @admin.display(description=_("picture"))
    def thumbnail(self, picture: Picture) -> SafeString | str:
        return self.small(picture)

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        # A language without words falls back on one that has some.
        obj.translations.filter(alt="").delete()
        if form.image is not None:
            store(picture=obj, image=form.image, files=renditions(form.image))


class ThemeChoice(forms.RadioSelect):
    option_template_name = "admin/pages/widgets/theme_option.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        return option | {"colours": list(enumerate(SAMPLES.get(str(option["value"]), ())))}


class SiteLookForm(ScopedForm):
    theme = forms.ChoiceField(label=_("Colours"), choices=THEMES, initial=THEMES[0][0], widget=ThemeChoice)


@admin.register(SiteLook)
class SiteLookAdmin(ScopedAdmin):
    form = SiteLookForm
    view_permission = Permission.MUNICIPALITY_EDIT
    change_permission = Permission.MUNICIPALITY_EDIT
    add_permission = Permission.MUNICIPALITY_EDIT
    list_display = ("municipality", "theme_name")
    list_filter = (OwnMunicipalityFilter,)
    list_select_related = ("municipality",)
    fields = ("municipality", "theme", "logo", "picture")

    class Media:
        css = {"all": ("admin/pages.css",)}

    @admin.display(description=_("colours"), ordering="theme")
    def theme_name(self, look: SiteLook) -> str:
        return str(dict(THEMES).get(look.theme, look.theme))
