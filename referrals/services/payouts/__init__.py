"""Payouts by hand and through a service."""
