"""The Celery application.

Tasks live in each app's tasks.py; the periodic schedule is in settings.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu import Exchange, Queue

from portal.core.jobs import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

broker.install()
app = Celery("hazumi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.task_queues = [
    Queue(name, Exchange("hazumi"), routing_key=name) for name in settings.QUEUES
]
app.conf.beat_schedule = {
    name: {"task": task, "schedule": seconds, "options": {"expires": max(seconds * 3, 30)}}
    for name, (task, seconds) in settings.PERIODIC_TASKS.items()
}
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def _keep_our_logs(**kwargs: Any) -> None:
    """Being connected is all: Celery then leaves logging as Django's settings made it."""
