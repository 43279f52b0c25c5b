"""Included by allauth. The way back stands in portal/urls.py, outside the languages."""

from django.urls import path

from portal.accounts.oidc import views

urlpatterns = [path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login")]
