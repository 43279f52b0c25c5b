from __future__ import annotations

from django.urls import path

from housing import views

app_name = "housing"

urlpatterns = [
    path("", views.listing_list, name="list"),
    path("<uuid:pk>/", views.listing_detail, name="detail"),
]
