"""PostgreSQL and Valkey of our own: real servers from wheels, over unix sockets, under one folder.

Used by `manage.py up`, the tests, the drills and the benchmark. Knows nothing of Django.
"""

from portal.embedded.errors import CannotStart
from portal.embedded.services import Services, running

__all__ = ["CannotStart", "Services", "running"]
