from django.urls import path

from portal.accounts import views

urlpatterns = [
    path("", views.account, name="account"),
    path("sign-out/<int:session_id>/", views.end_session, name="end_session"),
    path("sign-out-elsewhere/", views.end_other_sessions, name="end_other_sessions"),
    path("connect/", views.connect, name="connect"),
    path("disconnect/<slug:provider_id>/", views.disconnect, name="disconnect"),
    path("start-afresh/", views.forget_pending, name="forget_pending"),
]
