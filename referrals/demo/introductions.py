"""Sample data of introductions: every state, held and paid rewards, four months of clicks; all
through the services.
"""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.accounts.models import Organization, User
from portal.dev.demo_registry import DemoWorld
from referrals.demo import inbound, programs, reference_calls
from referrals.demo import payouts as demo_payouts
from referrals.models import (
    Click,
    Fact,
    Program,
    Referral,
    ReferralLink,
    Reward,
    RewardRule,
    RiskFinding,
    TermsVersion,
)
from referrals.rules import state_machine
from referrals.services.analytics.marks import mark_everything
from referrals.services.facts.record import receive_fact
from referrals.services.introductions import staff_actions
from referrals.services.introductions.introductions import introduce_person
from referrals.services.links import clicks, links
from referrals.services.payouts import payouts
from referrals.services.rewards import approvals
from referrals.services.state import risk, transitions

TERMS_JA = """ご紹介いただいた企業が契約された場合に、紹介者の所属企業と紹介先の企業の双方へ、利用料クレジットとして特典をお贈りします。
特典は契約から30日後に確定します。返金があった場合は、返金の割合に応じて特典も取り消されます。
ご自分の会社、すでにご利用中の企業のご紹介は対象になりません。同じ企業の複数の方のご紹介は、ひとつのご紹介として扱います。
リンクをSNSなどで共有するときは、特典を受け取る立場であることが分かるよう、[PR] の一文を残してください。"""
TERMS_EN = """When a company you introduced signs a contract, your company and theirs both receive credit on their invoices.
A reward becomes final 30 days after the contract. If the sale is refunded, the same share of the reward is taken back.
Your own company and existing customers do not count. Several people of one company are one introduction.
When you share your link in public, keep the [PR] line, so that readers know that you receive a reward."""


@dataclass(frozen=True)
class Told:
    """One introduced company of the story: days before the end, how far it came, and by what
    way.
    """

    company: str
    domain: str
    days: int
    way: str  # link | named
    # submitted, accepted, qualified, opportunity, won, paid, approved, lost, declined, disputed,
    # refunded
    end: str
    person: str = ""


STORY = (
    Told("青葉製作所", "aoba-seisakusho.example", 10, "named", "qualified", "青木 恵"),
    Told("湖東フーズ", "koto-foods.example", 80, "named", "won", "湖山 亮"),
    Told("白樺テクノロジー", "shirakaba-tech.example", 118, "link", "paid"),
    Told("みなと海運", "minato-kaiun.example", 112, "link", "paid"),
    Told("Halden Logistics", "halden.example", 104, "link", "approved"),
    Told("さくら計測", "sakura-keisoku.example", 98, "link", "refunded"),
    Told("北斗建材", "hokuto-kenzai.example", 90, "named", "lost", "北野 剛"),
    Told("つばめ印刷", "tsubame-print.example", 74, "link", "opportunity"),
    Told("Oakridge Partners", "oakridge.example", 66, "named", "opportunity", "Emma Oak"),
    Told("大和ケミカル", "yamato-chem.example", 58, "link", "won"),
    Told("若葉リース", "wakaba-lease.example", 50, "link", "disputed"),
    Told("東雲システムズ", "shinonome-sys.example", 44, "link", "qualified"),
    Told("桐生ファーム", "kiryu-farm.example", 37, "named", "declined", "桐生 花"),
    Told("Bluewater GmbH", "bluewater.example", 31, "link", "accepted"),
    Told("三日月ホテル", "mikazuki-hotel.example", 24, "link", "doubtful"),
    Told("陽だまり薬局", "hidamari-pharma.example", 17, "named", "won", "日野 明"),
    Told("あさひ電装", "asahi-denso.example", 6, "link", "accepted"),
    Told("緑川設計", "midorikawa.example", 3, "named", "submitted", "緑川 翔"),
)


def tell(world: DemoWorld) -> None:
    """Create the introductions with the companies and people of the earlier parts."""
    staff, customers = _staff(), _customers()
    if not customers or staff is None:
        return
    program = _program(world)
    programs.tell(world, customers, staff[1])
    mine = {
        user.pk: links.link_for(user=user, program=program, now=world.start) for user in customers
    }
    _clicks(list(mine.values()), world)
    others = customers[1:10] or customers
    chosen = [customers[0]] * 3 + [others[index % len(others)] for index in range(len(STORY) - 3)]
    for told, referrer in zip(STORY, chosen, strict=True):
        _introduction(told, referrer, mine[referrer.pk], program, staff, world)
    _pay(program, staff, world)
    inbound.tell(program, staff[1], world)
    reference_calls.tell(world, customers[:8], staff[0])
    for link in list(mine.values())[:6]:
        for channel in ("copy", "line", "mail", "share")[: world.dice.randint(1, 4)]:
            links.share_link(link=link, channel=channel, now=_at(world, world.dice.randint(1, 110)))


def _staff() -> tuple[User, User, User] | None:
    """Return a salesperson and two administrators (or what stands in for them)."""
    sales = (
        User.objects.filter(is_sample=True, team_memberships__team="sales").order_by("pk").first()
    )
    people = list(User.objects.filter(is_sample=True, is_administrator=True).order_by("pk")[:2])
    people += list(
        User.objects.filter(is_sample=True, team_memberships__isnull=False)
        .distinct()
        .order_by("pk")[:3]
    )
    if sales is None or len(people) < 2:
        return None
    return sales, people[0], people[1]


def _customers() -> list[User]:
    """Return the referrers, aki first: aki is the account of the demo log-in."""
    rows = list(
        User.objects.filter(
            is_sample=True, memberships__ended_at=None, memberships__organization__is_own=False
        )
        .exclude(memberships__organization__lifecycle=Organization.Lifecycle.PROSPECT)
        .order_by("pk")[:40]
    )
    return sorted(rows, key=lambda user: (not user.email.startswith("aki@"), user.pk))


def _program(world: DemoWorld) -> Program:
    program, _ = Program.objects.get_or_create(
        slug="customers",
        defaults={
            "name_ja": "お客さま紹介プログラム",
            "name_en": "Customer referral program",
            "state": Program.State.OPEN,
            "is_default": not Program.objects.filter(is_default=True).exists(),
            "created_at": world.start,
            "hold_days": 30,
            "review_threshold": 100_000,
            "is_sample": True,
        },
    )
    if not program.rules.exists():
        TermsVersion.objects.create(
            program=program, number=1, text_ja=TERMS_JA, text_en=TERMS_EN, published_at=world.start
        )
        RewardRule.objects.create(
            program=program, milestone="won", side="referrer", steps=programs.STEPS
        )
        RewardRule.objects.create(program=program, milestone="won", side="referee", amount=30_000)
    return program


def _at(world: DemoWorld, days: float, hours: float = 0) -> datetime:
    """Return a moment so many days before the story's end, never after it."""
    return min(
        max(world.end - timedelta(days=days) + timedelta(hours=hours), world.start), world.end
    )


def _clicks(mine: list[ReferralLink], world: DemoWorld) -> None:
    """Make four months of clicks, most by people, some by previews, scanners and crawlers."""
    dice: random.Random = world.dice
    entries = []
    for rank, link in enumerate(mine[:14]):
        for _ in range(max(6, 128 - rank * 12)):
            moment = world.start + (world.end - world.start) * dice.random() ** 0.8
            verdict = dice.choices(
                ("human", "duplicate", "preview", "scanner", "bot"), (70, 8, 10, 7, 5)
            )[0]
            click_id = base64.urlsafe_b64encode(dice.randbytes(16)).decode().rstrip("=")
            entries.append(
                (
                    f"s-{click_id}",
                    {
                        "l": str(link.pk),
                        "v": verdict,
                        "k": click_id,
                        "h": dice.randbytes(12).hex(),
                        "c": dice.choice(("", "copy", "line", "mail", "qr")),
                        "r": "",
                        "t": str(int(moment.timestamp() * 1000)),
                    },
                )
            )
            if verdict == "human" and dice.random() < 0.7:
                entries.append(
                    (
                        "",
                        {
                            "e": "confirm",
                            "k": click_id,
                            "t": str(int(moment.timestamp() * 1000) + 2_000),
                        },
                    )
                )
    clicks.keep(entries)


def _claim(link: ReferralLink, began: datetime) -> dict[str, str]:
    """Return how somebody came: by the referrer's last click before; without one they typed the
    code.
    """
    seen = (
        Click.objects.filter(link_id=link.pk, verdict=Click.Verdict.HUMAN, at__lte=began)
        .order_by("-at")
        .first()
    )
    return {"claim": "click", "reference": seen.click_id} if seen else {"claim": "code"}


def _introduction(
    told: Told,
    referrer: User,
    link: ReferralLink,
    program: Program,
    staff: tuple[User, User, User],
    world: DemoWorld,
) -> None:
    began = _at(world, told.days)
    if told.way == "named":
        referral, _ = introduce_person(
            program=program,
            referrer=referrer,
            name=told.person,
            company=told.company,
            email=f"info@{told.domain}",
            why="同じ課題で困っていると聞きました。うちでは月次の締めが三日早くなりました。",
            has_consent=told.end not in ("submitted", "declined"),
            now=began,
        )
    else:
        body = {
            "code": link.code,
            "program": program.slug,
            "domain": told.domain,
            "company": told.company,
            "occurred_at": began.isoformat(),
            **_claim(link, began),
        }
        outcome = receive_fact(
            source="sample", external_id=told.domain, kind="introduction", body=body, now=began
        )
        referral = Referral.objects.get(public_id=outcome.result["referral"])
    Referral.objects.filter(pk=referral.pk).update(is_sample=True)
    if referral.organization_id is not None:
        Organization.objects.filter(pk=referral.organization_id).update(is_sample=True)
    if told.end == "declined":
        transitions.move(
            referral,
            to=Referral.State.DECLINED,
            role=state_machine.PROSPECT,
            now=_at(world, told.days - 3),
        )
        return
    if told.end != "submitted":
        _progress(told, referral, staff, world)


def _progress(
    told: Told, referral: Referral, staff: tuple[User, User, User], world: DemoWorld
) -> None:
    sales = staff[0]
    contacted = _at(world, told.days - 1)
    if told.end == "doubtful":
        risk.find(
            referral,
            RiskFinding.Kind.VELOCITY,
            "doubt",
            contacted,
            evidence={"count": 12, "hours": 24},
        )
        return
    if told.end == "accepted" and told.days < 8:
        return  # nobody has called yet: it waits on the desk
    staff_actions.note_contact(
        referral=referral,
        actor=sales,
        now=contacted,
        next_step="面談の日程を調整",
        due_at=world.end + timedelta(days=5 if told.days > 12 else 2),
    )
    if told.end == "accepted":
        return
    path = {
        "qualified": ("qualified",),
        "opportunity": ("qualified", "opportunity"),
        "lost": ("qualified", "lost"),
    }
    stages = path.get(told.end, ("qualified", "opportunity"))
    for step, stage in enumerate(stages, start=1):
        moment = _at(world, max(told.days - 3 - step * 5, 1))
        reason = "予算の時期が合いませんでした" if stage == "lost" else ""
        staff_actions.move_referral(
            referral=referral,
            to=stage,
            actor=sales,
            now=moment,
            reason=reason,
            occurred_at=moment,
            loss="timing" if stage == "lost" else "",
        )
    if told.end in ("won", "paid", "approved", "disputed", "refunded"):
        _sale(told, referral, world)


def _sale(told: Told, referral: Referral, world: DemoWorld) -> None:
    moment = _at(world, max(told.days - 24, 2))
    company = Organization.objects.get(pk=referral.organization_id or 0)
    body = {
        "organization": str(company.public_id),
        "program": referral.program.slug,
        "invoice": f"INV-{told.domain}",
        "amount": 600_000,
        "currency": "JPY",
        "occurred_at": moment.isoformat(),
    }
    receive_fact(
        source="sample", external_id=f"sale-{told.domain}", kind="conversion", body=body, now=moment
    )
    if told.end == "refunded":
        later = moment + timedelta(days=12)
        back = {
            "invoice": f"INV-{told.domain}",
            "amount": 200_000,
            "occurred_at": later.isoformat(),
        }
        receive_fact(
            source="sample",
            external_id=f"back-{told.domain}",
            kind="refund",
            body=back,
            now=min(later, world.end),
        )
    if told.end == "disputed":
        referral.refresh_from_db()
        staff_actions.open_dispute(
            referral=referral,
            user=referral.referrer,
            text="ほかの方のご紹介とされていないか、確認をお願いします。",
            now=_at(world, 6),
        )


def _pay(program: Program, staff: tuple[User, User, User], world: DemoWorld) -> None:
    """Approve the rewards of the oldest contracts, pay two of them."""
    _, maker, checker = staff
    settled = [told.domain for told in STORY if told.end in ("paid", "approved", "refunded")]
    rewards = Reward.objects.filter(
        program=program,
        conversion__invoice__in=[f"INV-{domain}" for domain in settled],
        state=Reward.State.PENDING,
    ).order_by("pk")
    for reward in rewards:
        approvals.approve_reward(reward_id=reward.pk, actor=maker, now=_at(world, 50))
    approvals.mature_due(now=_at(world, 40))
    paid = [f"INV-{told.domain}" for told in STORY if told.end == "paid"]
    ids = list(
        Reward.objects.filter(
            program=program, conversion__invoice__in=paid, state=Reward.State.AVAILABLE
        ).values_list("pk", flat=True)
    )
    if ids:
        batch = payouts.reserve_batch(
            program=program, reward_ids=ids, actor=maker, now=_at(world, 36)
        )
        payouts.settle_batch(batch_id=batch.pk, actor=checker, now=_at(world, 35), reference="見本")
    demo_payouts.tell(program, maker, checker, world)


def forget() -> int:
    """Take away what deleting the sample's people and companies leaves: what systems told,
    payments, programs. Introductions go with the people, so everything is counted again.
    """
    mark_everything()
    gone = inbound.forget() + Fact.objects.filter(source="sample").delete()[0]
    return gone + demo_payouts.forget() + programs.forget()
