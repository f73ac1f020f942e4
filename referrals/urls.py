"""URLs of introductions."""

from __future__ import annotations

from django.urls import path, re_path

from referrals.api import facts
from referrals.api.share_tokens import ShareTokens
from referrals.views import (
    analytics,
    customer_pages,
    embed,
    imports,
    inbound,
    leaderboard,
    ledger_checks,
    losses,
    own_introductions,
    payouts,
    preview,
    programs,
    reference_calls,
    reference_desk,
    rewards,
    shared_content,
    sources,
    staff_queue,
    virality,
    welcome,
)

app_name = "referrals"

urlpatterns = [
    path("referrals/", customer_pages.hub, name="hub"),
    path("referrals/share/", customer_pages.share, name="share"),
    path("referrals/code/", customer_pages.code, name="code"),
    re_path(r"^referrals/qr\.(?P<kind>png|svg)$", customer_pages.qr, name="qr"),
    path("referrals/content/", shared_content.share_content, name="share_content"),
    path("referrals/content/<slug:code>/", shared_content.content, name="content"),
    path("referrals/content/<slug:code>/log/", shared_content.log_share, name="log_share"),
    re_path(
        r"^referrals/content/(?P<code>[a-z0-9-]{2,32})/qr\.(?P<kind>png|svg)$",
        shared_content.content_qr,
        name="content_qr",
    ),
    path("referrals/introduce/", welcome.introduce, name="introduce"),
    path("referrals/board/", leaderboard.board, name="board"),
    path("referrals/terms/<slug:slug>/", customer_pages.terms, name="terms"),
    path("referrals/consent/", welcome.consent, name="consent"),
    path("referrals/introductions/<uuid:public_id>/", customer_pages.referral, name="referral"),
    path(
        "referrals/introductions/<uuid:public_id>/dispute/", customer_pages.dispute, name="dispute"
    ),
    path(
        "referrals/introductions/<uuid:public_id>/address/",
        own_introductions.new_address,
        name="new_address",
    ),
    path(
        "referrals/introductions/<uuid:public_id>/take-back/",
        own_introductions.take_back,
        name="take_back",
    ),
    path("referrals/reference-calls/", reference_calls.my_calls, name="reference_calls"),
    path(
        "referrals/reference-calls/preference/",
        reference_calls.preference,
        name="reference_preference",
    ),
    path(
        "referrals/reference-calls/<uuid:public_id>/answer/",
        reference_calls.answer,
        name="reference_answer",
    ),
    path(
        "referrals/reference-calls/<uuid:public_id>/outcome/",
        reference_calls.outcome,
        name="reference_outcome",
    ),
    path(
        "introductions/<str:token>/reference-call/", reference_calls.prospect, name="prospect_call"
    ),
    path("introductions/<str:token>/", welcome.introduction, name="introduction"),
    path("welcome/", welcome.welcome, name="welcome_all"),
    path("welcome/landed/", welcome.landed, name="landed"),
    path("welcome/<str:code>/", welcome.welcome, name="welcome"),
    path("staff/referrals/", staff_queue.desk, name="desk"),
    path("staff/referrals/<uuid:public_id>/", staff_queue.referral, name="desk_referral"),
    path("staff/referrals/<uuid:public_id>/act/", staff_queue.act, name="desk_act"),
    path("staff/referrals/findings/<int:pk>/", staff_queue.finding, name="finding"),
    path("staff/referrals/disputes/<int:pk>/", staff_queue.dispute, name="desk_dispute"),
    path("staff/referrals/messages/<int:pk>/", staff_queue.fact, name="fact"),
    path("staff/referrals/reference-calls/", reference_desk.calls, name="reference_desk"),
    path("staff/referrals/reference-calls/new/", reference_desk.new, name="reference_new"),
    path(
        "staff/referrals/reference-calls/<uuid:public_id>/",
        reference_desk.call,
        name="reference_call",
    ),
    path(
        "staff/referrals/reference-calls/<uuid:public_id>/act/",
        reference_desk.act,
        name="reference_act",
    ),
    path("staff/referrals/losses/", losses.losses, name="losses"),
    path("staff/referrals/rewards/", rewards.rewards, name="rewards"),
    path("staff/referrals/rewards/<uuid:public_id>/", rewards.reward, name="reward"),
    path("staff/referrals/rewards/approve/", rewards.approve, name="rewards_approve"),
    path("staff/referrals/payouts/", payouts.payouts_page, name="payouts"),
    path("staff/referrals/payouts/<uuid:public_id>/", payouts.payout, name="payout"),
    path(
        "staff/referrals/payouts/<uuid:public_id>/lines/<int:pk>/",
        payouts.payout_line,
        name="payout_line",
    ),
    path(
        "staff/referrals/payouts/<uuid:public_id>/lines.csv", payouts.payout_csv, name="payout_csv"
    ),
    path("staff/referrals/payouts/route/<slug:slug>/", payouts.payout_route, name="payout_route"),
    path("staff/referrals/books/", ledger_checks.books_page, name="books"),
    path("staff/referrals/programs/", programs.programs, name="programs"),
    path("staff/referrals/programs/new/", programs.program_edit, name="program_new"),
    path("staff/referrals/sources/", sources.sources, name="sources"),
    path("staff/referrals/sources/new/", sources.source_new, name="source_new"),
    path("staff/referrals/sources/<uuid:public_id>/", sources.source, name="source"),
    path("staff/referrals/sources/<uuid:public_id>/edit/", sources.source_edit, name="source_edit"),
    path("staff/referrals/sources/<uuid:public_id>/act/", sources.source_act, name="source_act"),
    path(
        "staff/referrals/sources/messages/<uuid:public_id>/",
        sources.message,
        name="inbound_message",
    ),
    path("staff/referrals/import/", imports.deal_imports, name="deal_imports"),
    path("staff/referrals/import/<uuid:public_id>/", imports.deal_import, name="deal_import"),
    path(
        "staff/referrals/import/<uuid:public_id>/errors.csv",
        imports.deal_import_errors,
        name="deal_import_errors",
    ),
    path("inbound/<uuid:public_id>/", inbound.receive, name="inbound"),
    path("staff/referrals/programs/<slug:slug>/embed/", embed.program_embed, name="program_embed"),
    path("embed/landed/", embed.landed, name="embed_landed"),
    path("embed/card/", embed.card, name="embed_card"),
    path("embed/shared/", embed.shared, name="embed_shared"),
    path("api/v1/share-tokens/", ShareTokens.as_view(), name="api_share_tokens"),
    path("staff/referrals/programs/<slug:slug>/", programs.program, name="program"),
    path("staff/referrals/programs/<slug:slug>/edit/", programs.program_edit, name="program_edit"),
    path(
        "staff/referrals/programs/<slug:slug>/rewards/",
        programs.program_rules,
        name="program_rules",
    ),
    path(
        "staff/referrals/programs/<slug:slug>/terms/", programs.program_terms, name="program_terms"
    ),
    path("staff/referrals/programs/<slug:slug>/move/", programs.program_move, name="program_move"),
    path(
        "staff/referrals/programs/<slug:slug>/preview/",
        preview.program_preview,
        name="program_preview",
    ),
    path("api/v1/introductions/", facts.Introductions.as_view(), name="api_introductions"),
    path("api/v1/stages/", facts.Stages.as_view(), name="api_stages"),
    path("api/v1/conversions/", facts.Conversions.as_view(), name="api_conversions"),
    path("api/v1/refunds/", facts.Refunds.as_view(), name="api_refunds"),
    path("api/v1/rewards/", facts.Rewards.as_view(), name="api_rewards"),
    path("staff/analytics/referrals/", analytics.analytics, name="analytics"),
    path("staff/analytics/referrals/spread/", virality.spread, name="spread"),
    path("staff/analytics/referrals/rows/", analytics.analytics_rows, name="analytics_rows"),
    path("staff/analytics/referrals/rows.csv", analytics.analytics_csv, name="analytics_csv"),
]
