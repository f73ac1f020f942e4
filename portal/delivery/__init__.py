"""What leaves the building: at least once, with an id that stays the same for ever."""
