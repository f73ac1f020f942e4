"""The policy: who may use which URL. A URL without an entry here fails the suite.

`policy` is the decorator the view must carry: public, member, team, moderator, administrator, or
"key:<scope>" for the API. `args` builds the URL's arguments from the world; `owner` limits members
to the people who may see that object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.accounts.services import set_picture
from tests.pictures import a_picture
from tests.world import World


def nothing(world: World) -> list[Any]:
    return []


@dataclass(frozen=True)
class Line:
    """One URL: its policy, methods that read, methods that write, and how to build its
    arguments.
    """

    policy: str
    args: Callable[[World], list[Any]] = nothing
    reads: bool = True
    writes: bool = False
    members: frozenset[str] | None = (
        None  # when only some members see the object: their names; the others get 404
    )


def only(*names: str) -> frozenset[str]:
    return frozenset(names)


def _acme(world: World) -> list[Any]:
    return [world.companies.acme.public_id]


def _provider(world: World) -> list[Any]:
    return [world.provider.pk]


def _aki(world: World) -> list[Any]:
    return [world.person("aki").public_id]


def _avatar(world: World) -> list[Any]:
    user = world.person("aki")
    set_picture(user=user, file=a_picture())
    return [Path(user.avatar.name).name]


def _question(world: World) -> list[Any]:
    return [world.question.pk]


def _question_post(world: World) -> list[Any]:
    return [world.question_post.pk]


def _space(world: World) -> list[Any]:
    return [world.question.space_id]


def _answer(world: World) -> list[Any]:
    return [world.answer.pk]


def _article(world: World) -> list[Any]:
    return [world.article.slug]


def _story(world: World) -> list[Any]:
    return [world.story.public_id]


def _attachment(world: World) -> list[Any]:
    row = world.attachment
    return [row.public_id, row.width, row.height]


def _draft(world: World) -> list[Any]:
    return [world.draft.pk]


def _program(world: World) -> list[Any]:
    return [world.introductions.program.slug]


def _introduction(world: World) -> list[Any]:
    return [world.introductions.referral.public_id]


def _named(world: World) -> list[Any]:
    return [world.introductions.named().public_id]


def _call(world: World) -> list[Any]:
    return [world.introductions.call(world.person("mio")).public_id]


def _agreed_call(world: World) -> list[Any]:
    return [world.introductions.call(world.person("mio"), agreed=True).public_id]


def _content_link(world: World) -> list[Any]:
    return [world.introductions.content_link().code]


POLICY: dict[str, Line] = {
    "portal:home": Line("public"),
    "portal:today": Line("team"),
    "portal:design": Line("team"),
    "portal:staff_settings": Line("team"),
    "portal:remove_sample": Line("administrator", reads=False, writes=True),
    "portal:job": Line("member", args=lambda world: [world.long_job_id], members=only("aki")),
    "portal:job_errors": Line(
        "member", args=lambda world: [world.long_job_id], members=only("aki")
    ),
    "portal:offline": Line("public"),
    "portal:service_worker": Line("public"),
    "portal:healthz": Line(
        "public", reads=False
    ),  # answers 503 in tests: no worker; tests/portal/test_health.py
    "portal:metrics": Line(
        "public", reads=False
    ),  # a bearer token of its own; tests/portal/test_health.py
    "accounts:reauthenticate": Line("member"),
    "accounts:address_restore": Line("public", args=lambda world: ["no-token"], reads=False),
    "accounts:member": Line("member", args=_aki),
    "delivery:destinations": Line("administrator"),
    "delivery:add": Line("administrator", writes=True),
    "delivery:destination": Line("administrator", args=lambda world: [world.destination_id]),
    "delivery:edit": Line("administrator", args=lambda world: [world.destination_id], writes=True),
    "delivery:test": Line(
        "administrator", args=lambda world: [world.destination_id], reads=False, writes=True
    ),
    "delivery:switch": Line(
        "administrator", args=lambda world: [world.destination_id], reads=False, writes=True
    ),
    "delivery:rotate": Line(
        "administrator", args=lambda world: [world.destination_id], reads=False, writes=True
    ),
    "delivery:delete": Line(
        "administrator", args=lambda world: [world.destination_id], reads=False, writes=True
    ),
    "delivery:replay": Line(
        "administrator", args=lambda world: [world.destination_id], reads=False, writes=True
    ),
    "api:schema": Line("public"),
    "api:docs": Line("public"),
    "api:key": Line("key:any"),
    "api:events": Line("key:events:read"),
    "api:keys": Line("administrator", writes=True),
    "api:revoke": Line(
        "administrator", args=lambda world: [world.api_key_id], reads=False, writes=True
    ),
    "notifications:list": Line("member"),
    "notifications:count": Line("member"),
    "notifications:read": Line("member", reads=False, writes=True),
    "notifications:unread": Line("member", reads=False, writes=True),
    "notifications:preferences": Line("member", writes=True),
    # Posting needs no session: RFC 8058. The signed token in the address is the right; see
    # test_unsubscribe.
    "notifications:unsubscribe": Line("public", args=lambda world: [world.unsubscribe_token]),
    "search:search": Line("public"),
    "accounts:organizations": Line("team"),
    "accounts:organization": Line("team", args=_acme),
    "accounts:organization_new": Line("team", writes=True),
    "accounts:organization_edit": Line("team", args=_acme, writes=True),
    "accounts:organization_domains": Line("team", args=_acme, reads=False, writes=True),
    "accounts:organization_domain_remove": Line("team", args=_acme, reads=False, writes=True),
    "accounts:organization_invite": Line("administrator", args=_acme, reads=False, writes=True),
    "accounts:organization_link": Line("administrator", args=_acme, reads=False, writes=True),
    "accounts:people": Line("administrator"),
    "accounts:person": Line("administrator", args=_aki, writes=True),
    "accounts:deactivate": Line("administrator", args=_aki, reads=False, writes=True),
    "accounts:reactivate": Line("administrator", args=_aki, reads=False, writes=True),
    "accounts:calendar": Line("administrator", writes=True),
    "accounts:mail_providers": Line("administrator", writes=True),
    "search:synonyms": Line("administrator", writes=True),
    "accounts:mail_provider_remove": Line(
        "administrator", args=_provider, reads=False, writes=True
    ),
    "accounts:audit_log": Line("administrator"),
    "accounts:company": Line("member"),
    "accounts:invite": Line("member", reads=False, writes=True),
    "accounts:invite_link": Line("member", reads=False, writes=True),
    "accounts:invitation_revoke": Line(
        "member",
        args=lambda world: [world.invitation.public_id],
        reads=False,
        writes=True,
        members=only(),
    ),
    "accounts:member_role": Line("member", args=_aki, reads=False, writes=True, members=only()),
    "accounts:member_remove": Line("member", args=_aki, reads=False, writes=True, members=only()),
    "accounts:language": Line("public", reads=False, writes=True),
    "accounts:theme": Line("public", reads=False, writes=True),
    "accounts:picture": Line("member", reads=False, writes=True),
    "accounts:avatar": Line("public", args=_avatar),
    "accounts:profile": Line("member", writes=True),
    "accounts:privacy": Line("member"),
    "accounts:export": Line("member"),
    "referrals:hub": Line("member", writes=True),
    "referrals:share": Line("member", reads=False, writes=True),
    "referrals:code": Line("member", writes=True),
    "referrals:qr": Line(
        "member", args=lambda world: ["svg"], reads=False
    ),  # exists once there is a link; its own test
    "referrals:share_content": Line("member", reads=False, writes=True),
    # A link belongs to one person, staff or not: what others get of it is in
    # tests/referrals/flows/test_contents.py.
    "referrals:content": Line("member", args=_content_link, reads=False),
    "referrals:log_share": Line(
        "member", args=_content_link, reads=False, writes=True, members=only("aki")
    ),
    "referrals:content_qr": Line(
        "member", args=lambda world: [*_content_link(world), "svg"], reads=False
    ),
    "referrals:introduce": Line("member", writes=True),
    "referrals:terms": Line("public", args=lambda world: [world.introductions.program.slug]),
    "referrals:consent": Line("member", reads=False, writes=True),
    "referrals:referral": Line("member", args=_introduction, members=only("aki")),
    "referrals:dispute": Line(
        "member", args=_introduction, reads=False, writes=True, members=only("aki")
    ),
    "referrals:new_address": Line(
        "member", args=_named, reads=False, writes=True, members=only("aki")
    ),
    "referrals:take_back": Line(
        "member", args=_named, reads=False, writes=True, members=only("aki")
    ),
    "referrals:introduction": Line(
        "public", args=lambda world: [world.introductions.token()], writes=True
    ),
    "referrals:welcome_all": Line("public"),
    "referrals:landed": Line("public", reads=False, writes=True),
    "referrals:welcome": Line(
        "public", args=lambda world: [world.introductions.referral.link.code]
    ),
    "referrals:desk": Line("team"),
    "referrals:desk_referral": Line("team", args=_introduction),
    "referrals:desk_act": Line("team", args=_introduction, reads=False, writes=True),
    "referrals:finding": Line(
        "team", args=lambda world: [world.introductions.finding().pk], reads=False, writes=True
    ),
    "referrals:desk_dispute": Line(
        "team", args=lambda world: [world.introductions.dispute().pk], reads=False, writes=True
    ),
    "referrals:fact": Line(
        "team", args=lambda world: [world.introductions.fact().pk], reads=False, writes=True
    ),
    "referrals:reference_calls": Line("member"),
    "referrals:reference_preference": Line("member", reads=False, writes=True),
    "referrals:reference_answer": Line(
        "member", args=_call, reads=False, writes=True, members=only("mio")
    ),
    "referrals:reference_outcome": Line(
        "member", args=_agreed_call, reads=False, writes=True, members=only("mio")
    ),
    "referrals:prospect_call": Line(  # not for the referrer's company, which passed the address on
        "public",
        args=lambda world: [world.introductions.token()],
        writes=True,
        members=only("anonymous", "mio"),
    ),
    "referrals:reference_desk": Line("team"),
    "referrals:reference_new": Line("team", writes=True),
    "referrals:reference_call": Line("team", args=_call),
    "referrals:reference_act": Line("team", args=_call, reads=False, writes=True),
    "referrals:losses": Line("team"),
    "referrals:rewards": Line("team"),
    "referrals:reward": Line(
        "finance", args=lambda world: [world.introductions.reward.public_id], writes=True
    ),
    "referrals:rewards_approve": Line("finance", reads=False, writes=True),
    "referrals:payouts": Line("finance", writes=True),
    "referrals:payout_line": Line(
        "finance", args=lambda world: world.introductions.line(), reads=False, writes=True
    ),
    "referrals:payout_route": Line(
        "administrator", args=lambda world: [world.introductions.program.slug], writes=True
    ),
    "referrals:payout": Line(
        "finance", args=lambda world: [world.introductions.batch().public_id], writes=True
    ),
    "referrals:payout_csv": Line(
        "finance", args=lambda world: [world.introductions.batch().public_id]
    ),
    "referrals:books": Line("team"),
    "referrals:programs": Line("team"),
    "referrals:program_new": Line("administrator", writes=True),
    "referrals:sources": Line("administrator"),
    "referrals:source_new": Line("administrator", writes=True),
    "referrals:source": Line(
        "administrator", args=lambda world: [world.introductions.source().public_id]
    ),
    "referrals:source_edit": Line(
        "administrator", args=lambda world: [world.introductions.source().public_id], writes=True
    ),
    "referrals:source_act": Line(
        "administrator",
        args=lambda world: [world.introductions.source().public_id],
        reads=False,
        writes=True,
    ),
    "referrals:inbound_message": Line(
        "administrator", args=lambda world: [world.introductions.message().public_id]
    ),
    "referrals:deal_imports": Line("team", writes=True),
    "referrals:deal_import": Line(
        "team", args=lambda world: [world.introductions.deals().public_id], writes=True
    ),
    "referrals:deal_import_errors": Line(
        "team", args=lambda world: [world.introductions.deals().public_id]
    ),
    # Posting needs no session: the signature of the message is the right; see test_inbound.
    "referrals:inbound": Line(
        "public",
        args=lambda world: [world.introductions.source().public_id],
        reads=False,
        writes=True,
    ),
    "referrals:program_embed": Line("team", args=lambda world: [world.introductions.program.slug]),
    "referrals:embed_landed": Line("public", reads=False, writes=True),
    "referrals:embed_card": Line("public", reads=False, writes=True),
    "referrals:embed_shared": Line("public", reads=False, writes=True),
    "referrals:api_share_tokens": Line("key:sharing:write", reads=False, writes=True),
    "referrals:program": Line("team", args=_program),
    "referrals:program_edit": Line("administrator", args=_program, writes=True),
    "referrals:program_rules": Line("administrator", args=_program, writes=True),
    "referrals:program_terms": Line("administrator", args=_program, writes=True),
    "referrals:program_move": Line("administrator", args=_program, reads=False, writes=True),
    "referrals:program_preview": Line("team", args=_program),
    "referrals:board": Line("member", writes=True),
    "referrals:api_introductions": Line("key:referrals:read"),
    "referrals:api_stages": Line("key:referrals:read"),
    "referrals:api_conversions": Line("key:referrals:read"),
    "referrals:api_refunds": Line("key:referrals:read"),
    "referrals:api_rewards": Line("key:referrals:read"),
    "referrals:analytics": Line("team"),
    "referrals:analytics_rows": Line("team"),
    "referrals:analytics_csv": Line("team"),
    "referrals:spread": Line("team"),
    "accounts:erase": Line("member", reads=False, writes=True),
    "accounts:join": Line("public", args=lambda world: [world.invitation_token], writes=True),
    "flywheel:dashboard": Line("team"),
    "flywheel:rows": Line("team"),
    "flywheel:turns": Line("team"),
    "flywheel:turn": Line("team", args=lambda world: [world.turn.public_id]),
    "teams:signals": Line("team"),
    "teams:arrivals": Line("team"),
    "teams:signal": Line("team", args=lambda world: [world.signal.public_id]),
    "teams:claim": Line(
        "team", args=lambda world: [world.signal.public_id], reads=False, writes=True
    ),
    "teams:take_over": Line(
        "team", args=lambda world: [world.signal.public_id], reads=False, writes=True
    ),
    "teams:release": Line(
        "team", args=lambda world: [world.signal.public_id], reads=False, writes=True
    ),
    "teams:snooze": Line(
        "team", args=lambda world: [world.signal.public_id], reads=False, writes=True
    ),
    "teams:tell": Line(
        "team", args=lambda world: [world.signal.public_id], reads=False, writes=True
    ),
    "teams:resolve": Line(
        "team", args=lambda world: [world.signal.public_id], reads=False, writes=True
    ),
    "teams:reopen": Line(
        "team", args=lambda world: [world.signal.public_id], reads=False, writes=True
    ),
    "teams:publish": Line(
        "team", args=lambda world: [world.told.public_id], reads=False, writes=True
    ),
    "teams:withdraw": Line(
        "team", args=lambda world: [world.told.public_id], reads=False, writes=True
    ),
    "teams:rules": Line("team"),
    "teams:rule": Line("administrator", args=lambda world: [world.signal.rule.code], writes=True),
    "teams:teams": Line("team"),
    "teams:calendar": Line(
        "administrator", args=lambda world: [world.signal.team.name], writes=True
    ),
    "teams:team": Line("administrator", args=lambda world: [world.signal.team.name], writes=True),
    "teams:seen": Line(
        "member",
        args=lambda world: [world.told.public_id],
        reads=False,
        writes=True,
        members=only("aki"),
    ),
    "teams:answer": Line(
        "member",
        args=lambda world: [world.told.public_id],
        reads=False,
        writes=True,
        members=only("aki"),
    ),
    "community:questions": Line("public"),
    "community:discussions": Line("public"),
    "community:ask": Line("member", writes=True),
    "community:start": Line("member", writes=True),
    "community:similar": Line("member"),
    "community:feed": Line("public"),
    "community:sitemap": Line("public"),
    "community:attach": Line("member", reads=False, writes=True),
    "community:attachment": Line("public", args=_attachment),
    "community:robots": Line("public"),
    "community:api_topics": Line("key:topics:read", writes=True),
    "community:api_posts": Line("key:topics:read", args=_question, writes=True),
    "community:api_articles": Line("key:articles:read"),
    "community:question": Line("public", args=_question),
    "community:discussion": Line("public", args=lambda world: [world.discussion.pk]),
    "community:answer": Line(
        "member", args=lambda world: ["question", world.question.pk], reads=False, writes=True
    ),
    "community:read_all": Line("member", args=lambda world: ["question"], reads=False, writes=True),
    "community:unread_again": Line("member", reads=False, writes=True),
    "community:follow": Line("member", args=_question, reads=False, writes=True),
    "community:follow_tag": Line(
        "member", args=lambda world: [world.question.tags[0]], reads=False, writes=True
    ),
    "community:read": Line("member", args=_question, reads=False, writes=True),
    "community:lock": Line("moderator", args=_question, reads=False, writes=True),
    "community:people": Line("member"),
    "community:preview": Line("member", reads=False, writes=True),
    "community:post": Line("public", args=_answer),
    "community:edit": Line(
        "member", args=_question_post, reads=False, writes=True, members=only("aki")
    ),
    # for its author and moderators; tests/test_gone.py
    "community:history": Line("member", args=_answer, reads=False),
    "community:delete": Line(
        "member", args=_question_post, reads=False, writes=True, members=only("aki")
    ),
    "community:restore": Line("member", args=_question_post, reads=False, writes=True),
    "community:react": Line(
        "member",
        args=lambda world: [world.answer.pk, "up"],
        reads=False,
        writes=True,
        members=only("aki"),
    ),
    "community:flag": Line("member", args=_answer, writes=True, members=only("aki")),
    "community:accept": Line("member", args=_answer, reads=False, writes=True, members=only("aki")),
    "community:following": Line("member"),
    "community:drafts": Line("member", writes=True),
    "community:discard_draft": Line(
        "member", args=_draft, reads=False, writes=True, members=only("aki")
    ),
    "community:restore_draft": Line(
        "member", args=_draft, reads=False, writes=True, members=only("aki")
    ),
    "community:articles": Line("public"),
    "community:article": Line("public", args=_article),
    "community:judge_article": Line("member", args=_article, reads=False, writes=True),
    "community:new_article": Line("team", writes=True),
    "community:edit_article": Line("team", args=_article, writes=True),
    "community:publish_article": Line("team", args=_article, reads=False, writes=True),
    "community:archive_article": Line("team", args=_article, reads=False, writes=True),
    "community:review_article": Line("team", args=_article, reads=False, writes=True),
    "community:revisions": Line("team", args=_article),
    "community:restore_revision": Line(
        "team", args=lambda world: [world.article.slug, 1], reads=False, writes=True
    ),
    "community:stories": Line("public"),
    "community:story": Line("public", args=lambda world: [world.published_story.topic_id]),
    "community:new_story": Line(
        "member", writes=True
    ),  # staff are sent to the list: only customers write stories
    "community:my_story": Line("member", args=_story, members=only("aki")),
    "community:edit_story": Line("member", args=_story, writes=True, members=only("aki")),
    "community:submit_story": Line(
        "member", args=_story, reads=False, writes=True, members=only("aki")
    ),
    "community:withdraw_story": Line(
        "member", args=_story, reads=False, writes=True, members=only("aki")
    ),
    "community:story_desk": Line("team"),
    "community:story_item": Line("team", args=_story),
    "community:decide_story": Line("team", args=_story, reads=False, writes=True),
    "community:api_stories": Line("key:topics:read"),
    "community:moderation": Line("moderator"),
    "community:moderation_log": Line("moderator"),
    "community:spaces": Line("administrator", writes=True),
    "community:space": Line("administrator", args=_space, writes=True),
    "community:remove_space": Line("administrator", args=_space, reads=False, writes=True),
    "community:moderation_item": Line("moderator", args=_answer),
    "community:claim": Line("moderator", args=_answer, reads=False, writes=True),
    "community:decide": Line("moderator", args=_answer, reads=False, writes=True),
    "community:undo_act": Line(
        "moderator", args=lambda world: [world.moderation_act.pk], reads=False, writes=True
    ),
}

# Foreign maps with rules of their own, tested by their own flows.
FOREIGN_PREFIXES = ("accounts/", "admin/")
