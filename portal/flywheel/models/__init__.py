"""Models of turns and their metrics."""

from portal.flywheel.models.metrics import DailyValue
from portal.flywheel.models.turns import Evidence, StaleDays, Turn, TurnStage, Unsettled

__all__ = ["DailyValue", "Evidence", "StaleDays", "Turn", "TurnStage", "Unsettled"]
