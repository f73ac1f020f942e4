"""Default rows, such as teams and signal rules: declared by the app that owns them, installed after
every `migrate`, once per version.

What staff changed or deleted stays as they made it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, transaction
from django.db.models import Model

from portal.core.registry import Registry

log = structlog.get_logger(__name__)
LOCK = 7_203_200  # advisory lock: two processes that migrate install one after the other


@dataclass(frozen=True)
class Ref:
    """A value that is another row, found by its fields: `Ref("teams.Team", {"name": "sales"})`."""

    model: str
    lookup: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Default:
    """One row of `model` ("app.Model"), found again by `key`.

    A higher `version` reaches installed databases too, where the row is still as the version
    before declared it.
    """

    code: str
    model: str
    key: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1


DEFAULTS: Registry[str, Default] = Registry("default row")


def register(default: Default) -> None:
    """Declare a default row; called from AppConfig.ready()."""
    DEFAULTS.register(default.code, default)


def install(
    *,
    now: datetime,
    using: str = "default",
    apps: Apps = current_apps,
    defaults: Iterable[Default] = DEFAULTS,
) -> int:
    """Give a database what it was not given yet; return how many rows were written."""
    try:
        apps.get_model("core", "InstalledDefault")
    except LookupError:  # migrated back to before there was this table
        return 0
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        return _Installation(now, using, apps).run(defaults)


class _Installation:
    """One run: what is installed, the models, and rows referred to that were found already."""

    def __init__(self, now: datetime, using: str, apps: Apps) -> None:
        self.now, self.using, self.apps = now, using, apps
        self.found: dict[str, Any] = {}
        self.record = self._model("core.InstalledDefault")
        self.known = {row.code: row for row in self.record.objects.using(using)}

    def run(self, defaults: Iterable[Default]) -> int:
        """Install what is new; a row that refers to another waits for it, whoever came first."""
        waiting = [row for row in defaults if self._is_new(row)]
        count = 0
        while waiting:
            left: list[Default] = []
            for default in waiting:
                try:
                    count += self._install(default)
                except LookupError as error:
                    left.append(default)
                    reason = str(error)
            if len(left) == len(waiting):  # tried again at the next migrate
                codes = [default.code for default in left]
                log.warning("defaults_not_installed", codes=codes, reason=reason)
                break
            waiting = left
        return count

    def _is_new(self, default: Default) -> bool:
        known = self.known.get(default.code)
        return known is None or known.version < default.version

    def _install(self, default: Default) -> bool:
        values = self._values(default)
        written = self._write(default, values)
        self.record.objects.using(self.using).update_or_create(
            code=default.code,
            defaults={
                "version": default.version,
                "values": _plain(values),
                "installed_at": self.now,
            },
        )
        return written

    def _write(self, default: Default, values: dict[str, Any]) -> bool:
        known = self.known.get(default.code)
        rows = self._model(default.model)._default_manager.using(self.using)
        row = rows.filter(**default.key).first()
        if known is None:
            if row is None:
                rows.create(**default.key, **values)
            return row is None
        if row is None or not _is_as_installed(row, known.values):
            return False
        return bool(rows.filter(pk=row.pk).update(**values))

    def _values(self, default: Default) -> dict[str, Any]:
        """Return the values as they are stored: of a row referred to, its primary key."""
        values = {}
        for name, value in default.values.items():
            if isinstance(value, Ref):
                values[f"{name}_id"] = self._pk(value)
            else:
                values[name] = value
        return values

    def _pk(self, ref: Ref) -> Any:
        cache = f"{ref.model} {sorted(ref.lookup.items())}"
        if cache not in self.found:
            rows = self._model(ref.model)._default_manager.using(self.using)
            row = rows.filter(**ref.lookup).first()
            if row is None:
                raise LookupError(f"there is no {cache}")
            self.found[cache] = row.pk
        return self.found[cache]

    def _model(self, label: str) -> Any:
        """Return a model as the database has it; its fields are known to whoever declared the
        row.
        """
        return self.apps.get_model(label)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
    return plain


def _is_as_installed(row: Model, values: Mapping[str, Any]) -> bool:
    """Whether staff left the row as it was installed."""
    return _plain({name: getattr(row, name) for name in values if hasattr(row, name)}) == values
