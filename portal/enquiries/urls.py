from __future__ import annotations

from django.urls import path

from portal.enquiries import views, views_pages

app_name = "enquiries"

urlpatterns = [
    path("ask/", views.ask, name="ask"),
    path("ask/sent/<uuid:pk>/", views.receipt, name="receipt"),
    path("ask/answered/<str:token>/", views.judge, name="judge"),
    path("right/", views_pages.right, name="right"),
    path("wrong/", views_pages.wrong, name="wrong"),
    path("thanks/", views_pages.thanks, name="thanks"),
]
