"""Embedded PostgreSQL and Valkey: real servers from wheels, over unix sockets, under one folder.

Used by `manage.py up`, the tests, the fault tests and the benchmark. Does not depend on Django.
"""

from portal.dev.embedded.errors import CannotStart
from portal.dev.embedded.services import Services, running

__all__ = ["CannotStart", "Services", "running"]
