"""Outgoing deliveries: at least once, with an id that never changes."""
