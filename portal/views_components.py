"""The living page of components, outside production."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def components_page(request: HttpRequest) -> HttpResponse:
    return render(request, "components_page.html")
