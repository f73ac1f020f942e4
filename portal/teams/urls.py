"""The inbox, rules, working agreements, and the customer's answer."""

from __future__ import annotations

from django.urls import path

from portal.teams.views import acts, inbox, rules, told

app_name = "teams"

urlpatterns = [
    path("staff/signals/", inbox.signals, name="signals"),
    path("staff/signals/arrivals/", inbox.arrivals, name="arrivals"),
    path("staff/signals/<uuid:public_id>/", inbox.signal, name="signal"),
    path("staff/signals/<uuid:public_id>/claim/", acts.claim, name="claim"),
    path("staff/signals/<uuid:public_id>/take-over/", acts.take_over, name="take_over"),
    path("staff/signals/<uuid:public_id>/release/", acts.release, name="release"),
    path("staff/signals/<uuid:public_id>/snooze/", acts.snooze, name="snooze"),
    path("staff/signals/<uuid:public_id>/tell/", acts.tell, name="tell"),
    path("staff/signals/<uuid:public_id>/resolve/", acts.resolve, name="resolve"),
    path("staff/signals/<uuid:public_id>/reopen/", acts.reopen, name="reopen"),
    path("staff/settings/rules/", rules.rules, name="rules"),
    path("staff/settings/rules/<str:code>/", rules.rule, name="rule"),
    path("staff/settings/teams/", rules.teams, name="teams"),
    path("staff/settings/teams/<str:name>/", rules.team, name="team"),
    path("told/<uuid:public_id>/seen/", told.seen, name="seen"),
    path("told/<uuid:public_id>/answer/", told.answer, name="answer"),
]
