"""The models of the inside, one module per noun."""

from portal.teams.models.rules import SignalRule
from portal.teams.models.signals import Signal, SignalChange
from portal.teams.models.teams import Team
from portal.teams.models.told import Told

__all__ = ["Signal", "SignalChange", "SignalRule", "Team", "Told"]
