from __future__ import annotations

from django.urls import path

from portal.pages import views, views_share

app_name = "pages"

urlpatterns = [
    path("", views.start, name="start"),
    path("themes/<slug:theme>/", views.theme, name="theme"),
    path("topics/<slug:topic>/", views.topic, name="topic"),
    path("steps/<slug:situation>/", views.situation, name="situation"),
    path("residents/", views.residents, name="residents"),
    path("news/", views.news, name="news"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("news.atom", views_share.news_feed, name="feed"),
    path("guide.pdf", views_share.guide, name="guide"),
    path("poster.pdf", views_share.poster, name="poster"),
    path("qr/", views_share.qr_code, name="qr"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
