"""Every task goes to a queue that a worker listens to."""

from __future__ import annotations

from django.conf import settings

from portal.celery import app


def test_every_task_has_a_queue_somebody_serves() -> None:
    app.loader.import_default_modules()
    own = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert len(own) > 5
    routed = {name: app.amqp.router.route({}, name)["queue"].name for name in own}
    asked = {name: getattr(task, "queue", None) or routed[name] for name, task in own.items()}
    assert set(asked.values()) <= set(settings.QUEUES), asked
    assert {task for task, _ in settings.PERIODIC_TASKS.values()} <= set(own)
