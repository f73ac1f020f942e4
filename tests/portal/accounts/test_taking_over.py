"""An open session is not enough to take an account over, and a change of address has a way back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings as site
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse

from portal.accounts.models import AddressChange, User
from portal.accounts.reauthentication import GUARDED
from portal.accounts.services import addresses
from portal.api.models import ApiKey
from portal.core import time
from portal.delivery.outbox import deliver_due
from portal.events import dispatch
from tests import people
from tests.test_permission_matrix import walk
from tests.world import World

# allauth's pages that need no recent log-in, each for its reason
OPEN = {
    "account_login": "is the log-in",
    "account_logout": "ends one's own session",
    "account_inactive": "says something",
    "account_signup": "nobody is signed in",
    "account_reauthenticate": "is the confirmation",
    "account_reset_password": "mails a link to the address",
    "account_reset_password_done": "says something",
    "account_reset_password_from_key": "has the mailed key",
    "account_reset_password_from_key_done": "says something",
    "account_confirm_login_code": "is the log-in",
    "account_request_login_code": "is the log-in",
    "mfa_index": "says something",
    "mfa_authenticate": "is the log-in",
    "mfa_reauthenticate": "is the confirmation",
    "mfa_reauthenticate_webauthn": "is the confirmation",
    "mfa_login_webauthn": "is the log-in",
    "socialaccount_login_cancelled": "says something",
    "socialaccount_login_error": "says something",
    "socialaccount_signup": "nobody is signed in",
}


def later(minutes: int) -> Any:
    return time_machine.travel(time.now() + timedelta(minutes=minutes))


def test_every_page_of_accounts_is_guarded_or_has_a_reason() -> None:
    urls = list(walk(get_resolver().url_patterns))
    names = {name for route, name, _ in urls if route.startswith("accounts/")}
    assert len(names) > 20
    # logging in elsewhere is guarded where it connects an account; see the test below
    elsewhere = {name for name in names if name.endswith(("_login", "_callback", "_by_token"))}
    assert names - set(OPEN) - set(GUARDED) - elsewhere - {"None"} == set()
    assert set(GUARDED) <= {name for _, name, _ in urls}


def test_connecting_another_account_asks_again(aki: User, as_: Any) -> None:
    browser = as_(aki)
    url = reverse("google_login")
    with later(6):
        asked = browser.post(f"{url}?process=connect")
    assert asked["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize(
    ("method", "name", "data"),
    [
        ("post", "account_email", {"action_add": "", "email": "other@evil.example"}),
        ("get", "accounts:export", {}),
        ("post", "accounts:erase", {"email": "aki@acme.example"}),
        ("post", "socialaccount_connections", {"account": "1"}),
        ("post", "usersessions_list", {}),
        ("get", "mfa_activate_totp", {}),
        ("get", "account_change_password", {}),
    ],
)
def test_six_minutes_after_the_log_in_it_asks_again(
    aki: User, as_: Any, method: str, name: str, data: dict[str, str]
) -> None:
    browser = as_(aki)
    with later(6):
        answer = getattr(browser, method)(reverse(name), data)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert User.objects.get(pk=aki.pk).erased_at is None
    assert EmailAddress.objects.filter(user=aki).count() == 1


def test_keys_ask_again_and_the_form_is_done_after_the_confirmation(kato: User, as_: Any) -> None:
    browser = as_(kato)
    form = {"name": "CRM ‐ 本番", "scopes": ["events:read"], "days": "30"}
    with later(6):
        asked = browser.post(reverse("api:keys"), form)
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        assert not ApiKey.objects.exists()
        wrong = browser.post(asked["Location"], {"password": "not this one"})
        assert wrong.status_code == 200
        assert not ApiKey.objects.exists()
        next_page = asked["Location"].partition("next=")[2]
        done = browser.post(
            reverse("account_reauthenticate"),
            {"password": people.PASSWORD, "next": reverse("api:keys")},
        )
        assert next_page
    assert done.status_code == 200
    key = ApiKey.objects.get()
    assert (key.name, key.scopes) == ("CRM ‐ 本番", ["events:read"])
    assert f"hz_{key.prefix}_" in done.content.decode()


def test_passwords_are_not_kept_in_the_session(aki: User, as_: Any) -> None:
    browser = as_(aki)
    with later(6):
        browser.post(
            reverse("account_change_password"),
            {"oldpassword": "secret-one", "password1": "secret-two", "password2": "secret-two"},
        )
    assert "secret" not in str(dict(browser.session.items()))


def test_an_account_without_a_password_confirms_with_a_mailed_code(aki: User, as_: Any) -> None:
    aki.set_unusable_password()
    aki.save()
    browser = as_(User.objects.get(pk=aki.pk))
    with later(6):
        asked = browser.get(reverse("accounts:export"))
        assert asked["Location"].startswith(reverse("accounts:reauthenticate"))
        sent = browser.post(asked["Location"], {"send": "1"})
        assert sent.status_code == 200
        code = re.search(r"^([A-Z0-9]{8})$", str(mail.outbox[-1].body), re.MULTILINE)
        assert code
        assert mail.outbox[-1].to == [aki.email]
        wrong = browser.post(asked["Location"], {"code": "AAAAAAAA", "next": "/"})
        assert wrong.status_code == 422
        right = browser.post(
            asked["Location"], {"code": code[1], "next": reverse("accounts:export")}
        )
        assert right["Location"] == reverse("accounts:export")
        assert browser.get(reverse("accounts:export")).status_code == 200


def change_address(browser: Client, user: User, new: str) -> None:
    """Make a confirmed second address the primary one, through the page."""
    EmailAddress.objects.create(user=user, email=new, verified=True, primary=False)
    answer = browser.post(reverse("account_email"), {"action_primary": "", "email": new})
    assert answer.status_code == 302


def mailed() -> dict[str, str]:
    dispatch.run_pending(now=time.now())
    deliver_due()
    return {message.to[0]: str(message.body) for message in mail.outbox}


def test_both_addresses_are_told_and_the_old_one_has_a_way_back(aki: User, as_: Any) -> None:
    browser = as_(aki)
    change_address(browser, aki, "other@evil.example")
    assert User.objects.get(pk=aki.pk).email == "other@evil.example"
    UserSession.objects.create(
        user=aki, session_key=browser.session.session_key, ip="127.0.0.1", user_agent="x"
    )
    EmailAddress.objects.filter(email="aki@acme.example").delete()
    Authenticator.objects.create(user=aki, type="totp", data={"secret": "x"})
    mails = mailed()
    assert set(mails) == {"aki@acme.example", "other@evil.example"}
    link = re.search(r"https?://\S+/restore/", mails["aki@acme.example"])
    assert link
    assert link[0].startswith(site.HAZUMI_BASE_URL)
    assert "/restore/" not in mails["other@evil.example"]

    path = link[0].removeprefix(site.HAZUMI_BASE_URL)
    owner = Client(headers={"accept-language": "ja"})
    assert "aki@acme.example" in owner.get(path).content.decode()
    assert User.objects.get(pk=aki.pk).email == "other@evil.example", "looking changes nothing"
    restored = owner.post(path)
    again = User.objects.get(pk=aki.pk)
    assert again.email == "aki@acme.example"
    assert not again.has_usable_password()
    assert list(
        EmailAddress.objects.filter(user=aki).values_list("email", "primary", "verified")
    ) == [("aki@acme.example", True, True)]
    assert not Authenticator.objects.filter(user=aki).exists()
    assert browser.get(reverse("accounts:profile")).status_code == 302, "the session has ended"
    form = owner.get(restored["Location"], follow=True)
    assert 'name="password1"' in form.content.decode()
    assert owner.post(path).status_code == 410, "it works once"


def test_the_way_back_ends_after_seven_days_and_with_an_earlier_return(aki: User) -> None:
    now = people.NOW
    first = addresses.note_address_change(
        user=aki, kind="primary", old_email=aki.email, new_email="b@evil.example", now=now
    )
    second = addresses.note_address_change(
        user=aki, kind="primary", old_email="b@evil.example", new_email="c@evil.example", now=now
    )
    User.objects.filter(pk=aki.pk).update(email="c@evil.example")
    EmailAddress.objects.filter(user=aki).update(email="c@evil.example")
    with pytest.raises(addresses.ChangeClosed):
        addresses.restore_address(
            token=addresses.token_for(first), now=now + timedelta(days=7, seconds=1)
        )
    addresses.restore_address(token=addresses.token_for(first), now=now + timedelta(days=6))
    with pytest.raises(addresses.ChangeClosed):
        addresses.restore_address(token=addresses.token_for(second), now=now + timedelta(days=6))
    assert User.objects.get(pk=aki.pk).email == "aki@acme.example"


def test_a_removed_address_opens_no_way_back(aki: User) -> None:
    change = addresses.note_address_change(
        user=aki, kind="removed", old_email=aki.email, new_email="old@acme.example", now=people.NOW
    )
    assert addresses.open_change(addresses.token_for(change), people.NOW) is None
    assert addresses.open_change("made.up", people.NOW) is None


def test_an_address_that_is_taken_meanwhile_is_not_taken_back(aki: User, ren: User) -> None:
    change = addresses.note_address_change(
        user=aki, kind="primary", old_email=ren.email, new_email=aki.email, now=people.NOW
    )
    with pytest.raises(addresses.AddressTaken):
        addresses.restore_address(token=addresses.token_for(change), now=people.NOW)


def test_changes_are_forgotten_a_month_after(world: World, aki: User) -> None:
    addresses.note_address_change(
        user=aki, kind="added", old_email=aki.email, new_email="x@acme.example", now=people.NOW
    )
    assert addresses.forget_address_changes(now=people.NOW + timedelta(days=36)) == 0
    assert addresses.forget_address_changes(now=people.NOW + timedelta(days=38)) == 1
    assert not AddressChange.objects.exists()
