"""The business calendar: zone, working hours, holidays."""
