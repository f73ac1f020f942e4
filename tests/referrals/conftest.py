"""Fixtures for tests of introductions: a program with rules, and a database that really commits."""

from __future__ import annotations

from typing import Any

import pytest

from referrals.models import InboundSource, Program
from referrals.services.links.links import link_for
from tests.people import NOW
from tests.referrals.made import make_program
from tests.referrals.senders import make_source


@pytest.fixture
def program(db: Any) -> Program:
    return make_program()


@pytest.fixture
def code(program: Program, aki: Any) -> str:
    """The code of Aki's link."""
    return link_for(user=aki, program=program, now=NOW).code


@pytest.fixture
def stripe(program: Program, kato: Any) -> InboundSource:
    """A Stripe account that reports the program's sales."""
    return make_source("stripe", program, kato)[0]
