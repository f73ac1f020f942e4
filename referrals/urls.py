"""The pages of introductions."""

from __future__ import annotations

from django.urls import path

from referrals.views import hub

app_name = "referrals"

urlpatterns = [
    path("referrals/introductions/<uuid:public_id>/", hub.referral, name="referral"),
    path("referrals/", hub.hub, name="hub"),
]
