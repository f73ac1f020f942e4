"""The pages of introductions."""

from __future__ import annotations

from django.urls import path, re_path

from referrals.api import facts
from referrals.views import analytics, board, desk, hub, preview, programs, rewards, welcome

app_name = "referrals"

urlpatterns = [
    path("referrals/", hub.hub, name="hub"),
    path("referrals/share/", hub.share, name="share"),
    path("referrals/code/", hub.code, name="code"),
    re_path(r"^referrals/qr\.(?P<kind>png|svg)$", hub.qr, name="qr"),
    path("referrals/introduce/", welcome.introduce, name="introduce"),
    path("referrals/board/", board.board, name="board"),
    path("referrals/terms/<slug:slug>/", hub.terms, name="terms"),
    path("referrals/consent/", welcome.consent, name="consent"),
    path("referrals/introductions/<uuid:public_id>/", hub.referral, name="referral"),
    path("referrals/introductions/<uuid:public_id>/dispute/", hub.dispute, name="dispute"),
    path("introductions/<str:token>/", welcome.introduction, name="introduction"),
    path("welcome/", welcome.welcome, name="welcome_all"),
    path("welcome/landed/", welcome.landed, name="landed"),
    path("welcome/<str:code>/", welcome.welcome, name="welcome"),
    path("staff/referrals/", desk.desk, name="desk"),
    path("staff/referrals/<uuid:public_id>/", desk.referral, name="desk_referral"),
    path("staff/referrals/<uuid:public_id>/act/", desk.act, name="desk_act"),
    path("staff/referrals/findings/<int:pk>/", desk.finding, name="finding"),
    path("staff/referrals/disputes/<int:pk>/", desk.dispute, name="desk_dispute"),
    path("staff/referrals/messages/<int:pk>/", desk.fact, name="fact"),
    path("staff/referrals/rewards/", rewards.rewards, name="rewards"),
    path("staff/referrals/rewards/<uuid:public_id>/", rewards.reward, name="reward"),
    path("staff/referrals/payouts/", rewards.payouts_page, name="payouts"),
    path("staff/referrals/payouts/<uuid:public_id>/", rewards.payout, name="payout"),
    path("staff/referrals/payouts/<uuid:public_id>/lines.csv", rewards.payout_csv, name="payout_csv"),
    path("staff/referrals/books/", rewards.books_page, name="books"),
    path("staff/referrals/programs/", programs.programs, name="programs"),
    path("staff/referrals/programs/new/", programs.program_edit, name="program_new"),
    path("staff/referrals/programs/<slug:slug>/", programs.program, name="program"),
    path("staff/referrals/programs/<slug:slug>/edit/", programs.program_edit, name="program_edit"),
    path("staff/referrals/programs/<slug:slug>/rewards/", programs.program_rules, name="program_rules"),
    path("staff/referrals/programs/<slug:slug>/terms/", programs.program_terms, name="program_terms"),
    path("staff/referrals/programs/<slug:slug>/move/", programs.program_move, name="program_move"),
    path("staff/referrals/programs/<slug:slug>/preview/", preview.program_preview, name="program_preview"),
    path("api/v1/introductions/", facts.Introductions.as_view(), name="api_introductions"),
    path("api/v1/stages/", facts.Stages.as_view(), name="api_stages"),
    path("api/v1/conversions/", facts.Conversions.as_view(), name="api_conversions"),
    path("api/v1/refunds/", facts.Refunds.as_view(), name="api_refunds"),
    path("api/v1/rewards/", facts.Rewards.as_view(), name="api_rewards"),
    path("staff/analytics/referrals/", analytics.analytics, name="analytics"),
    path("staff/analytics/referrals/rows/", analytics.analytics_rows, name="analytics_rows"),
    path("staff/analytics/referrals/rows.csv", analytics.analytics_csv, name="analytics_csv"),
]
