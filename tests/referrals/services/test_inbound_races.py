"""The same message over many connections at the same moment has one effect, and every sender gets
the same answer.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection

from portal.core import time
from referrals.models import Conversion, Fact, InboundMessage, Reward
from referrals.services.intake import webhooks
from referrals.services.links.links import link_for
from referrals.services.rewards.ledger_checks import check_ledger
from tests.people import NOW, make_companies, make_person
from tests.referrals.made import make_program
from tests.referrals.senders import charge_refunded, checkout, invoice, make_source, packed


def test_eight_at_once_have_one_effect(committed: None) -> None:
    companies = make_companies()
    aki, kato = make_person("aki", companies), make_person("kato", companies)
    program = make_program()
    source, _ = make_source("stripe", program, kato)
    code = link_for(user=aki, program=program, now=NOW).code
    told = (
        [checkout(client_reference_id=code)] * 8 + [invoice()] * 4 + [charge_refunded(500_000)] * 4
    )
    codes: list[int] = []
    start = threading.Barrier(len(told))

    def deliver(event: dict[str, Any]) -> None:
        try:
            start.wait()
            receipt = webhooks.take_message(
                source=source,
                external_id=event["id"],
                body=packed(event),
                headers={},
                now=time.now(),
            )
            codes.append(receipt.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver, args=(event,)) for event in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * len(told)
    assert InboundMessage.objects.count() == 3
    assert sum(InboundMessage.objects.values_list("repeat_count", flat=True)) == len(told) - 3
    assert Fact.objects.exclude(state="applied").count() == 0
    sale = Conversion.objects.get()
    assert (sale.amount, sale.refunded_amount) == (1_000_000, 500_000)
    assert set(Reward.objects.values_list("amount", "reversed_amount")) == {(30_000, 15_000)}
    assert not any(check_ledger().values())
