"""Secrets of second factors are encrypted; addresses of sessions become those of networks."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import migrations

FIELDS = {"totp": "secret", "recovery_codes": "seed"}


def _keys() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (
        hashlib.blake2b(key.encode(), digest_size=32, person=b"hazumi.secrets").digest()
        for key in keys
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def _each(apps: Any, change: Callable[[MultiFernet, str], str]) -> None:
    keys = _keys()
    for row in apps.get_model("mfa", "Authenticator").objects.filter(type__in=FIELDS).iterator():
        field = FIELDS[row.type]
        if field in row.data:
            row.data[field] = change(keys, row.data[field])
        if "migrated_codes" in row.data:
            row.data["migrated_codes"] = [change(keys, code) for code in row.data["migrated_codes"]]
        row.save(update_fields=["data"])


def _is_encrypted(keys: MultiFernet, text: str) -> bool:
    try:
        keys.decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def encrypt(apps: Any, schema_editor: Any) -> None:
    _each(
        apps,
        lambda keys, text: (
            text if _is_encrypted(keys, text) else keys.encrypt(text.encode()).decode()
        ),
    )


def decrypt(apps: Any, schema_editor: Any) -> None:
    _each(
        apps,
        lambda keys, text: (
            keys.decrypt(text.encode()).decode() if _is_encrypted(keys, text) else text
        ),
    )


SHORTEN = """
UPDATE usersessions_usersession SET ip = host(network(set_masklen(
  ip, CASE WHEN family(ip) = 4 THEN 24 ELSE 56 END)))::inet
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_provisional_names"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(encrypt, decrypt),
        migrations.RunSQL(SHORTEN, migrations.RunSQL.noop),
    ]
