from __future__ import annotations

from django.urls import path

from portal.pages import verification_views as views

# In no municipality: one person's facts may lie in several.
urlpatterns = [path("verify/<str:token>/", views.verify, name="verify")]
