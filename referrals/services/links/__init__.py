"""Referral links, shared content and clicks."""
