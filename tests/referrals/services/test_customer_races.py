"""Sales, refunds and manual changes of one company at the same moment."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

from django.db import connection

from portal.accounts.models import LifecycleChange
from portal.accounts.services import move_organization
from referrals.services.links.links import link_for
from tests.people import NOW, make_companies, make_person
from tests.referrals.made import ledger_checks_pass, make_program
from tests.referrals.services.test_customers import DAY, NEW, company, introduce, refund, sale


def test_sales_and_manual_changes_at_once_leave_one_truth(committed: None) -> None:
    companies = make_companies()
    aki, kato = make_person("aki", companies), make_person("kato", companies)
    program = make_program()
    introduce(link_for(user=aki, program=program, now=NOW).code)
    row = company()
    work: list[Any] = [
        lambda: sale("one", NEW),
        lambda: sale("two", NEW + DAY),
        lambda: sale("one", NEW),
        lambda: refund("one"),
        lambda: sale("three", NEW + 2 * DAY),
        lambda: move_organization(
            organization=row, stage="adopting", now=NEW + 5 * DAY, actor=kato
        ),
    ]
    errors: list[Exception] = []
    start = threading.Barrier(len(work))

    def run(step: Any) -> None:
        try:
            start.wait()
            step()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    row = company()
    assert (row.lifecycle, row.first_sale_at) == ("adopting", NEW + DAY)
    assert row.became_customer_at == NEW + DAY
    steps = list(LifecycleChange.objects.filter(organization=row).order_by("pk"))
    assert [change.after for change in steps][-1] == "adopting"
    assert all(later.before == earlier.after for earlier, later in pairwise(steps))
    ledger_checks_pass()
