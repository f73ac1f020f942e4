"""Roles of staff rest until a second factor is set up, wherever rights are asked."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from community.models import Topic
from portal.accounts.models import User
from portal.accounts.permission_profile import profile_of
from portal.accounts.permissions import can_administer, can_moderate, is_staff_member
from portal.api.services import create_key, find_key
from portal.core import time
from portal.teams.digests import put_digest
from portal.teams.models import Team
from tests import people
from tests.portal.teams.facts import raised
from tests.world import World


@pytest.fixture
def required(settings: Any) -> None:
    settings.HAZUMI_STAFF_SECOND_FACTOR = True


def enroll(user: User, kind: str = Authenticator.Type.TOTP) -> User:
    Authenticator.objects.create(user=user, type=kind, data={"secret": "x"})
    return User.objects.get(pk=user.pk)


@pytest.mark.usefixtures("required")
def test_without_a_second_factor_no_role_is_in_force(sato: User, mori: User, kato: User) -> None:
    for person in (sato, mori, kato):
        fresh = User.objects.get(pk=person.pk)
        assert fresh.works_here
        assert fresh.rights_suspended
        assert not is_staff_member(fresh)
        assert not can_moderate(fresh)
        assert not can_administer(fresh)
        assert not fresh.is_staff
        assert fresh.team_names == frozenset()
        shape = profile_of(fresh)
        assert shape is not None
        assert (shape.is_moderator, shape.is_administrator, shape.teams) == (
            False,
            False,
            frozenset(),
        )
    assert is_staff_member(enroll(sato))
    assert can_moderate(enroll(mori))
    assert can_administer(enroll(kato))


@pytest.mark.usefixtures("required")
def test_recovery_codes_alone_are_no_second_factor(kato: User) -> None:
    assert not can_administer(enroll(kato, Authenticator.Type.RECOVERY_CODES))


@pytest.mark.usefixtures("required")
def test_search_articles_and_moderation_treat_them_as_a_member(
    world: World, mori: User, as_: Any
) -> None:
    acme = world.companies.acme.pk
    Topic.objects.filter(pk=world.question.pk).update(
        visibility="organization", organization_id=acme
    )
    assert not Topic.objects.visible_to(User.objects.get(pk=mori.pk)).exists()
    browser = as_(mori)
    new_article = browser.get(reverse("community:new_article"))
    assert new_article.status_code == 403
    page = browser.get("/").content.decode()
    assert reverse("mfa_index") in page
    assert reverse("portal:today") not in page
    assert Topic.objects.visible_to(enroll(mori)).exists()
    assert browser.get(reverse("community:new_article")).status_code == 200
    assert "二段階" not in browser.get("/").content.decode()


@pytest.mark.usefixtures("required")
def test_an_api_key_rests_with_its_makers_rights(kato: User) -> None:
    now = time.now()
    _, text = create_key(name="CRM", scopes=["events:read"], actor=kato, now=now)
    assert find_key(text, now=now) is None
    enroll(kato)
    found = find_key(text, now=now)
    assert found is not None
    assert found.created_by == kato


def test_where_it_is_not_required_roles_are_in_force(sato: User, kato: User) -> None:
    assert is_staff_member(User.objects.get(pk=sato.pk))
    assert can_administer(User.objects.get(pk=kato.pk))


@pytest.mark.usefixtures("required")
def test_saving_ones_profile_keeps_the_role_that_rests(kato: User, as_: Any) -> None:
    form = {
        "display_name": "加藤 薫",
        "language": "ja",
        "time_zone": "Asia/Tokyo",
        "theme": "system",
    }
    assert as_(kato).post(reverse("accounts:profile"), form).status_code == 302
    assert User.objects.get(pk=kato.pk).is_administrator


@pytest.mark.usefixtures("required")
def test_a_list_of_staff_knows_their_factors_in_one_query(
    sato: User, kato: User, django_assert_num_queries: Any
) -> None:
    enroll(sato)
    with django_assert_num_queries(1):
        able = {
            user.pk
            for user in User.objects.with_second_factor().filter(pk__in=(sato.pk, kato.pk))
            if not user.lacks_second_factor
        }
    assert able == {sato.pk}


@pytest.mark.usefixtures("required")
def test_a_team_mail_goes_to_those_whose_rights_are_in_force(
    sato: User, world: World, aki: User
) -> None:
    raised(aki, lead=sato)
    team = Team.objects.get(name="support")
    assert put_digest(team=team, now=people.NOW) == 0
    enroll(sato)
    assert put_digest(team=team, now=people.NOW) == 1
