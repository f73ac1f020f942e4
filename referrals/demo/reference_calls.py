"""The sample's SLAs and reference calls: notes to referrers, a request that waits, one sent, one
that helped.
"""

from __future__ import annotations

from datetime import timedelta

from portal.accounts.models import User
from portal.dev.demo_registry import DemoWorld
from referrals.models import ReferenceRequest, Referral
from referrals.rules import state_machine
from referrals.services import reference_calls
from referrals.services.introductions import referrer_notes
from referrals.services.introductions.sla_job import enforce_sla


def tell(world: DemoWorld, customers: list[User], sales: User) -> None:
    """Write what the desk said between the steps, then let the automatic part do what it would have
    done.
    """
    rows = list(
        Referral.objects.filter(
            is_sample=True,
            state__in=state_machine.OPEN - {Referral.State.CONSENT_PENDING},
            contacted_at__isnull=False,
        )
        .select_related("program", "organization")
        .order_by("pk")
    )
    said = (
        ("deciding", "来月の役員会で話し合われるそうです。"),
        ("meeting", "工場の見学を兼ねて伺います。"),
        ("talking", ""),
        ("waiting", "決算のあとに、とのことです。"),
    )
    for number, row in enumerate(rows[:-1]):
        code, text = said[number % len(said)]
        moment = world.end - timedelta(days=2 + 3 * number % 9)
        if moment > row.introduced_at:
            referrer_notes.write_note(referral=row, actor=sales, code=code, text=text, now=moment)
    _calls(world, customers, sales, rows)
    enforce_sla(now=world.end)


def _calls(world: DemoWorld, peers: list[User], sales: User, rows: list[Referral]) -> None:
    wishes = (
        (
            "月次の締めを短くした手順",
            "締めの前後で何が変わりましたか。",
            "製造",
            "平日の午前、30分",
        ),
        (
            "現場の紙を減らした進め方",
            "最初の一か月は誰が中心でしたか。",
            "製造",
            "水曜か木曜の午後",
        ),
        ("既存システムからの移行", "移行の費用と期間を知りたいです。", "物流", "今週の夕方"),
    )
    rows = [
        row for row in rows if row.referrer_id != peers[0].pk and row.state in state_machine.STAGES
    ]
    for number, (wish, referral) in enumerate(zip(wishes, rows, strict=False)):
        topic, question, industry, times = wish
        row = reference_calls.ask_for_call(
            referral=referral,
            actor=sales,
            agrees=True,
            topic=topic,
            question=question,
            industry=industry,
            times=times,
            company=referral.organization.name
            if referral.organization
            else referral.referee_company,
            name=referral.referee_name or "ご担当者",
            email="info@prospect.example",
            size_band="",
            language="ja",
            now=world.end - timedelta(days=20 - 6 * number),
        )
        if number < 2:
            _invite(world, row, peers[number % len(peers)], sales, ended=number == 1)


def _invite(
    world: DemoWorld, row: ReferenceRequest, peer: User, sales: User, *, ended: bool
) -> None:
    asked = world.end - timedelta(days=9 if ended else 1)
    reference_calls.invite_peer(request=row, peer=peer, actor=sales, now=asked)
    if ended:
        later = asked + timedelta(days=1)
        reference_calls.answer_invitation(request=row, peer=peer, answer="yes", now=later)
        for side, text in (
            ("peer", "紙の帳票をどう減らしたかを詳しく聞かれました。"),
            ("prospect", "進め方がよく分かりました。"),
        ):
            reference_calls.record_outcome(
                request=row,
                side=side,
                happened=True,
                useful="yes",
                asked=text,
                now=later + timedelta(days=3),
                actor=peer if side == "peer" else sales,
            )
