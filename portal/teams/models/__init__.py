"""Models of the teams app, one module per noun."""

from portal.teams.models.customer_updates import Told
from portal.teams.models.rules import SignalRule
from portal.teams.models.signals import Signal, SignalChange
from portal.teams.models.teams import Team

__all__ = ["Signal", "SignalChange", "SignalRule", "Team", "Told"]
