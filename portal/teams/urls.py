"""URLs of the inbox, rules, working agreements, and the customer's answer."""

from __future__ import annotations

from django.urls import path

from portal.teams.views import actions, customer_updates, inbox, rules

app_name = "teams"

urlpatterns = [
    path("staff/signals/", inbox.signals, name="signals"),
    path("staff/signals/arrivals/", inbox.arrivals, name="arrivals"),
    path("staff/signals/<uuid:public_id>/", inbox.signal, name="signal"),
    path("staff/signals/<uuid:public_id>/claim/", actions.claim, name="claim"),
    path("staff/signals/<uuid:public_id>/take-over/", actions.take_over, name="take_over"),
    path("staff/signals/<uuid:public_id>/release/", actions.release, name="release"),
    path("staff/signals/<uuid:public_id>/snooze/", actions.snooze, name="snooze"),
    path("staff/signals/<uuid:public_id>/tell/", actions.tell, name="tell"),
    path("staff/signals/<uuid:public_id>/resolve/", actions.resolve, name="resolve"),
    path("staff/signals/<uuid:public_id>/reopen/", actions.reopen, name="reopen"),
    path("staff/updates/<uuid:public_id>/publish/", actions.publish, name="publish"),
    path("staff/updates/<uuid:public_id>/withdraw/", actions.withdraw, name="withdraw"),
    path("staff/settings/rules/", rules.rules, name="rules"),
    path("staff/settings/rules/<str:code>/", rules.rule, name="rule"),
    path("staff/settings/teams/", rules.teams, name="teams"),
    path("staff/settings/teams/<str:name>/", rules.team, name="team"),
    path("staff/settings/teams/<str:name>/calendar/", rules.calendar, name="calendar"),
    path("told/<uuid:public_id>/seen/", customer_updates.seen, name="seen"),
    path("told/<uuid:public_id>/answer/", customer_updates.answer, name="answer"),
]
