"""Letter templates and letters in the office."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.documents.render import RenderError
from portal.municipalities.admin_base import OwnMunicipalityFilter, ScopedAdmin, ScopedTranslatableAdmin
from portal.municipalities.enums import Permission
from welcome.letters import preview
from welcome.letters.models import Letter, LetterTemplate


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@admin.register(LetterTemplate)
class LetterTemplateAdmin(ScopedTranslatableAdmin):
    view_permission = Permission.CONTENT_EDIT
    change_permission = Permission.CONTENT_EDIT
    add_permission = Permission.CONTENT_EDIT
    list_display = ("__str__", "version", "municipality")
    list_filter = (OwnMunicipalityFilter,)
    list_select_related = ("municipality",)
    readonly_fields = ("version", "previews")
    fieldsets = (
        (None, {"fields": ("previews", "municipality", "occasion", "version")}),
        (_("The letter"), {"fields": ("subject", "greeting", "body", "gifts_intro", "closing", "information_heading")}),
        (_("What the law asks for"), {"fields": ("source_register", "source_self", "objection")}),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        name = "letters_lettertemplate_preview"
        return [path("<uuid:pk>/preview/<slug:language>.pdf", view, name=name), *super().get_urls()]

    @admin.display(description=_("see it on paper"))
    def previews(self, template: LetterTemplate) -> SafeString | str:
        if template._state.adding:
            return "–"
        return format_html_join(
            " · ",
            '<a href="{}" lang="{}">{}</a>',
            (
                (
                    reverse("admin:letters_lettertemplate_preview", args=[template.pk, code]),
                    code,
                    get_language_info(code)["name_local"],
                )
                for code in template.municipality.languages
            ),
        )

    def preview(self, request: HttpRequest, pk: str, language: str) -> HttpResponse:
        template = self.get_queryset(request).select_related("municipality").filter(pk=pk).first()
        if template is None or language not in template.municipality.languages or not template.translations.all():
            raise Http404
        try:
            pdf = preview.preview_pdf(template, language=language, on=clock.today())
        except RenderError as error:
            return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
        return pdf_response(pdf, f"letter-{language}.pdf")


@admin.register(Letter)
class LetterAdmin(ScopedAdmin):
    """Letters that were issued: read, never changed."""

    view_permission = Permission.LETTERS_MANAGE
    personal = True
    list_display = ("name", "occasion", "language", "issued_on", "template_version", "municipality")
    list_filter = ("language", OwnMunicipalityFilter)
    list_select_related = ("municipality", "household")
    date_hierarchy = "issued_on"
    search_fields = ("household__persons__name",)
    fields = ("municipality", "name", "occasion", "language", "issued_on", "template_version", "sha256", "paper")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        issued = super().get_queryset(request).filter(issued_on__isnull=False, household__restricted=False)
        return issued.defer("facts").prefetch_related("household__persons")

    @admin.display(description=_("household"))
    def name(self, letter: Letter) -> str:
        return letter.household.name

    @admin.display(description=_("the letter"))
    def paper(self, letter: Letter) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:letters_letter_paper", args=[letter.pk]), _("Open as PDF")
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.paper_view)
        return [path("<uuid:pk>/letter.pdf", view, name="letters_letter_paper"), *super().get_urls()]

    def paper_view(self, request: HttpRequest, pk: str) -> HttpResponse:
        letter = self.get_queryset(request).filter(pk=pk).first()
        if letter is None:
            raise Http404
        return pdf_response(preview.letter_pdf(letter), "letter.pdf")
