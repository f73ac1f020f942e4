"""The Celery application. Tasks live in each app's tasks.py; the table of periodic tasks is in settings."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("hazumi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    name: {"task": task, "schedule": seconds, "options": {"expires": max(seconds * 3, 30)}}
    for name, (task, seconds) in settings.PERIODIC_TASKS.items()
}
