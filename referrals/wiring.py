"""Registry entries of introductions: navigation, panels, participation, privacy, the sample."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import privacy
from portal.accounts.models import User
from portal.accounts.permissions import is_member, is_staff_member
from portal.api import scopes
from portal.core import time as clock
from portal.core.db import state_machine
from portal.core.jobs import long_jobs
from portal.core.web import navigation, panels
from portal.dev import demo_registry, fault_test_registry
from portal.engagement.registry import weigh
from referrals import ask_sources, notifications, signal_rules, turn_stages, visitor_panel
from referrals import panels as own
from referrals import privacy as referral_privacy
from referrals.demo.introductions import forget, tell
from referrals.fault_tests import command
from referrals.rules import default_signal_rules, reference_call_states
from referrals.rules import state_machine as rule_state_machine
from referrals.selectors import asks
from referrals.selectors.staff_queue import waiting_count
from referrals.services.intake import import_runs, imports, retention
from referrals.services.payouts import service_payments


def _waiting(request: HttpRequest) -> int:

    return waiting_count(clock.now()) if is_staff_member(request.user) else 0


def may_import(person: int | None) -> bool:
    """Say whether who began an import still works here."""
    user = User.objects.filter(pk=person or 0).first()
    return user is not None and is_staff_member(user)


def fill() -> None:
    """Called once, when everything is loaded."""
    state_machine.register((*rule_state_machine.MACHINES, *reference_call_states.MACHINES))
    navigation.register(
        "customer",
        key="referrals",
        label=_("Referrals"),
        url_name="referrals:hub",
        order=50,
        icon="handshake",
        prefixes=("/referrals/",),
        visible=lambda request: is_member(request.user),
    )
    navigation.register(
        "staff",
        key="referrals",
        label=_("Referrals"),
        url_name="referrals:desk",
        order=30,
        icon="handshake",
        prefixes=("/staff/referrals/",),
        badge=_waiting,
    )
    panels.register("home", name="referrals_consent", order=3, render=own.ask_consent)
    panels.register("home", name="referrals_news", order=20, render=own.news)
    panels.register("home", name="referrals_reference", order=12, render=own.reference)
    panels.register("home_aside", name="referrals_share", order=20, render=own.share)
    panels.register("organization", name="referrals", order=40, render=own.organization)
    panels.register("member", name="referrals", order=40, render=own.member)
    panels.register("content", name="referrals", order=10, render=visitor_panel.shared_with_you)
    panels.register("staff_settings", name="referrals", order=45, render=own.settings)
    panels.register("today", name="referrals", order=25, render=own.today)
    weigh("referrals.referral.recorded", 3.0, per_day_cap=3, subject="referrer_id")
    weigh("referrals.reference.ended", 10.0, subject="peer_id", per_day_cap=2)
    weigh("referrals.referral.won", 15.0, subject="referrer_id")
    privacy.register_exporter("referrals", referral_privacy.export)
    privacy.register_eraser("referrals", referral_privacy.erase)
    privacy.register_eraser("referrals_inbound", retention.erase_person)
    privacy.register_deactivation_handler("referrals", referral_privacy.on_deactivation)
    notifications.register()
    service_payments.register()
    ask_sources.register("asks", asks.made_between)
    signal_rules.register()
    default_signal_rules.register()
    turn_stages.register()
    scopes.register("referrals:read", _("Read introductions, sales and rewards"))
    scopes.register("referrals:write", _("Report introductions, stages, sales and refunds"))
    long_jobs.register_kind(imports.KIND, import_runs.run_batch, may=may_import)
    scopes.register(
        "sharing:write", _("Make share tokens for members, to show their link in your product")
    )
    fault_test_registry.register(
        "referrals",
        help="facts late, doubled and in any order end in the right books",
        run=command.carry_out,
        add_arguments=command.arguments,
    )
    demo_registry.register("referrals", order=50, create=tell)
    demo_registry.register_remover("referrals", forget)
