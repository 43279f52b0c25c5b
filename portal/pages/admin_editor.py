"""The field in which texts are written: Markdown, with what readers will see and how easy it is to read beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse_lazy
from django.views.decorators.http import require_POST

from portal.pages.admin_facts import LANGUAGES, direction
from portal.pages.readability import has_lix, readability
from portal.pages.texts import to_html


def preview_of(markdown: str, language: str) -> dict[str, Any]:
    """The context of admin/pages/preview.html."""
    return {
        "html": to_html(markdown),
        "readability": readability(markdown),
        "has_lix": has_lix(language),
        "language": language,
        "direction": direction(language),
    }


class MarkdownField(forms.Textarea):
    template_name = "admin/pages/widgets/markdown.html"

    class Media:
        js = (forms.Script("admin/text_editor.js", defer=True),)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """With the line ends a text has at rest: a browser sends others, and every line would count as changed."""
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        language = context["widget"]["attrs"].get("lang", "nb")
        context["preview"] = preview_of(value or "", language)
        context["url"] = reverse_lazy("admin:pages_preview")
        return context


class PreviewView:
    """A mixin: the preview while somebody types."""

    def get_urls(self) -> list[URLPattern]:
        own: URLPattern = path("preview/", self.admin_site.admin_view(require_POST(self.preview)), name="pages_preview")  # type: ignore[attr-defined]  # a mixin for ModelAdmins
        return [own, *super().get_urls()]  # type: ignore[misc]  # see above

    def preview(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):  # type: ignore[attr-defined]  # see above
            raise PermissionDenied
        language = request.POST.get("language", "")
        context = preview_of(request.POST.get("body", ""), language if language in LANGUAGES else "nb")
        return TemplateResponse(request, "admin/pages/preview.html", {"preview": context})
