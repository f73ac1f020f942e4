"""Logging in: no lock-out by strangers, no sign of who has an account, rows of what failed."""

from __future__ import annotations

import time as clock
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.auth import hashers
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.accounts.login_limits import network_of
from portal.accounts.models import User
from portal.accounts.services.sessions import forget_ended_sessions
from portal.audit.models import AuditEntry
from portal.core import time
from tests import people
from tests.world import World

LOGIN = "/accounts/login/"


def attempt(client: Client, email: str, password: str, address: str) -> Any:
    data = {"login": email, "password": password}
    return client.post(LOGIN, data, REMOTE_ADDR=address)


def browser() -> Client:
    return Client(headers={"accept-language": "ja"})


def test_a_stranger_is_stopped_and_the_owner_comes_in(aki: User) -> None:
    owner = browser()
    assert attempt(owner, aki.email, people.PASSWORD, "198.51.100.7").status_code == 302
    owner.post(reverse("account_logout"))
    stranger = browser()
    for _ in range(5):
        assert attempt(stranger, aki.email, "wrong-one", "203.0.113.9").status_code == 200
    refused = attempt(stranger, aki.email, people.PASSWORD, "203.0.113.77")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 601
    assert aki.email in refused.content.decode(), "what was typed is kept"
    elsewhere = attempt(browser(), aki.email, people.PASSWORD, "198.51.100.7")
    assert elsewhere.status_code == 302, "another network is not locked"
    known = attempt(owner, aki.email, people.PASSWORD, "203.0.113.9")
    assert known.status_code == 302, "a known device comes in even from the stranger's network"


def test_a_known_device_has_a_measure_of_its_own(aki: User) -> None:
    owner = browser()
    attempt(owner, aki.email, people.PASSWORD, "198.51.100.7")
    owner.post(reverse("account_logout"))
    answers = [attempt(owner, aki.email, "wrong", "198.51.100.7").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_made_up_device_is_not_known(aki: User) -> None:
    liar = browser()
    liar.cookies["hz_device"] = '{"id":"x","accounts":["y"]}'
    for _ in range(5):
        attempt(liar, aki.email, "wrong", "203.0.113.9")
    assert attempt(liar, aki.email, people.PASSWORD, "203.0.113.9").status_code == 429


def test_right_passwords_do_not_count(aki: User) -> None:
    for _ in range(8):
        client = browser()
        assert attempt(client, aki.email, people.PASSWORD, "203.0.113.9").status_code == 302


def test_failures_and_lock_outs_leave_rows_without_an_address(aki: User) -> None:
    for _ in range(7):
        attempt(browser(), aki.email, "wrong", "203.0.113.9")
    failed = AuditEntry.objects.filter(action="accounts.login.failed")
    assert failed.count() == 5
    assert AuditEntry.objects.filter(action="accounts.login.limited").count() == 1
    assert set(failed.values_list("target", flat=True)) == {f"accounts.user:{aki.pk}"}
    kept = str(list(AuditEntry.objects.values("before", "after", "reason")))
    assert "203.0.113" not in kept
    assert aki.email not in kept
    attempt(browser(), "nobody@acme.example", "wrong", "203.0.113.9")
    assert AuditEntry.objects.filter(target="accounts.user:unknown").exists()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0"),
        ("2001:db8:1:2:3::4", "2001:db8:1::"),
        ("unknown", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_taken_address_hashes_a_password_as_a_new_one_does(
    aki: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    hashed: list[str] = []
    encode = hashers.Argon2PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", counting)
    form = {"display_name": "新見 新", "password1": people.PASSWORD}
    counts = []
    for email in ("new@gmail.com", aki.email):
        hashed.clear()
        answer = browser().post(reverse("account_signup"), {"email": email, **form})
        counts.append((len(hashed), answer.status_code, answer["Location"]))
    assert counts[0] == counts[1]
    assert counts[0][0] >= 1


@pytest.mark.parametrize(
    "password",
    [
        "hazumi123",
        "Hazumi2026!",
        "はずみ12345",
        "h4zumi!!",
        "hazumi-hazumi",
        "hazumipassword",
        "アクメクラウド1",
        "cloud2026",
        "password1!",
        "qwerty123",
        "12345678",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(world: World, password: str) -> None:
    world.companies  # noqa: B018  they exist
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    [people.PASSWORD, "correct horse battery staple", "tr7-Ume-ochita-hi", "蛙飛び込む水の音1684"],
)
def test_other_passwords_are_taken(world: World, password: str) -> None:
    world.companies  # noqa: B018  they exist
    validate_password(password)


def test_second_factors_are_encrypted(aki: User) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    row = TOTP.activate(aki, secret).instance
    assert secret not in str(row.data)
    code = format_hotp_value(hotp_value(secret, int(clock.time()) // 30))
    assert TOTP(row).validate_code(code)
    codes = RecoveryCodes.activate(aki).generate_codes()
    seeds = Authenticator.objects.filter(type="recovery_codes").values_list("data", flat=True)
    assert not any(code in str(data) for data in seeds for code in codes)
    assert RecoveryCodes.activate(aki).generate_codes() == codes


def test_the_list_of_devices_knows_networks_and_forgets(aki: User) -> None:
    client = browser()
    attempt(client, aki.email, people.PASSWORD, "203.0.113.9")
    assert UserSession.objects.get(user=aki).ip == "203.0.113.0"
    assert forget_ended_sessions(now=time.now()) == 0
    Session.objects.all().delete()
    assert forget_ended_sessions(now=time.now()) == 1


def test_an_idle_session_of_staff_ends_and_a_members_does_not(
    sato: User, aki: User, as_: Any
) -> None:
    staff, member = as_(sato), as_(aki)
    with time_machine.travel(time.now() + timedelta(hours=7)):
        assert staff.get("/staff/").status_code == 200
    with time_machine.travel(time.now() + timedelta(hours=14)):
        assert staff.get("/staff/").status_code == 200, "it was used meanwhile"
    with time_machine.travel(time.now() + timedelta(hours=23)):
        ended = staff.get("/staff/")
        assert ended.status_code == 302
        assert "/accounts/login/" in ended["Location"]
        assert member.get(reverse("accounts:profile")).status_code == 200


def test_a_session_of_staff_ends_after_a_week_in_any_case(sato: User, as_: Any) -> None:
    staff = as_(sato)
    for hours in range(6, 168, 6):
        with time_machine.travel(time.now() + timedelta(hours=hours)):
            assert staff.get(reverse("accounts:profile")).status_code == 200
    with time_machine.travel(time.now() + timedelta(hours=169)):
        assert staff.get(reverse("accounts:profile")).status_code == 302


def test_pages_of_one_person_are_kept_by_nobody_and_exports_leave_a_row(
    aki: User, as_: Any
) -> None:
    client = as_(aki)
    for url in ("/", reverse("accounts:profile"), reverse("accounts:export")):
        assert client.get(url)["Cache-Control"] == "private, no-store", url
    assert AuditEntry.objects.filter(action="portal.file.export", actor_id=aki.pk).count() == 1


def test_plain_answers_name_their_charset(db: Any) -> None:
    client = browser()
    assert client.get("/robots.txt")["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/sw.js")["Content-Type"] == "text/javascript; charset=utf-8"


def test_a_mailed_link_leads_to_the_configured_address(aki: User, settings: Any) -> None:
    settings.HAZUMI_BASE_URL = "https://hazumi.example"
    settings.ALLOWED_HOSTS = ["hazumi.example", "localhost"]
    Client(headers={"host": "localhost"}).post(
        reverse("account_reset_password"), {"email": aki.email}
    )
    text = str(mail.outbox[-1].body)
    assert "https://hazumi.example/accounts/password/reset/key/" in text
    assert "localhost" not in text
