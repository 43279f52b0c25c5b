from __future__ import annotations

from django.urls import include, path

from newcomers.my_page import (
    views,
    views_choices,
    views_email,
    views_leisure,
    views_moving,
    views_no_post,
    views_people,
    views_wishes,
)
from newcomers.office import views_desk
from newcomers.registering.views import postcode

app_name = "newcomers"

urlpatterns = [
    path("register/", include("newcomers.registering.urls")),
    path("postcode/", postcode, name="postcode"),
    path("desk/<uuid:pk>/", views_desk.confirm_desk, name="confirm_desk"),
    path("my/", views.my_page, name="my_page"),
    path("my/steps/", views.steps, name="steps"),
    path("my/steps/<uuid:pk>/", views.tick, name="tick"),
    path("my/data/", views.data, name="data"),
    path("my/edit/", views_people.edit, name="edit"),
    path("my/email/", views_email.email, name="email"),
    path("my/email/code/", views_email.email_code, name="email_code"),
    path("my/people/", views_people.people, name="people"),
    path("my/people/add/", views_people.adult, name="add_adult"),
    path("my/people/<uuid:pk>/", views_people.adult, name="adult"),
    path("my/people/<uuid:pk>/invite/", views_people.invite, name="invite"),
    path("my/people/<uuid:pk>/left/", views_people.left, name="left"),
    path("my/invited/", views_people.invited, name="invited"),
    path("my/people/children/", views_people.add_child, name="add_child"),
    path("my/people/children/<int:birth_year>/", views_people.remove_child, name="remove_child"),
    path("my/choices/", views_choices.choices, name="choices"),
    path("my/choices/<slug:purpose>/", views_choices.choose, name="choose"),
    path("my/consents/<slug:field>/", views_choices.share, name="consent"),
    path("my/wishes/", views_wishes.summary, name="wishes"),
    path("my/wishes/<slug:page>/", views_wishes.page, name="wish"),
    path("my/plans/", views_moving.plans, name="plans"),
    path("my/not-coming/", views_moving.not_coming, name="not_coming"),
    path("my/address/", views_moving.address, name="address"),
    path("my/settled/", views_moving.settled, name="settled"),
    path("my/away/", views_moving.away, name="away"),
    path("my/farewell/", views_moving.farewell, name="farewell"),
    path("my/goodbye/", views_moving.goodbye, name="goodbye"),
    path("unsubscribe/<str:token>/", views_choices.unsubscribe, name="unsubscribe"),
    path("children/", views_leisure.children, name="children"),
    path("no-post/", views_no_post.no_post, name="no_post"),
]
