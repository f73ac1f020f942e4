"""Rewards and the ledger."""
