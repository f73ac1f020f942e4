"""Models of turns and their metrics."""

from portal.flywheel.models.metrics import DailyValue
from portal.flywheel.models.turns import Evidence, Turn, TurnStage

__all__ = ["DailyValue", "Evidence", "Turn", "TurnStage"]
