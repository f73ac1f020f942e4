"""Inbound records of introductions, sales and refunds: stored once, applied in any order."""
