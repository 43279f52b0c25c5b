from __future__ import annotations

from django.urls import path

from portal.statistics import views

app_name = "statistics"

urlpatterns = [path("", views.place, name="place")]
