"""A picture's files, under addresses that never change what they show."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.pages.models import PictureFile


@login_not_required
@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Public, as every page that shows it; its name is the hash of what it holds, so it is kept for a year."""
    file = get_object_or_404(PictureFile, name=name)
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
