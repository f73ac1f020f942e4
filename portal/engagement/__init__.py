"""Participation scores: one number per person and company that decays with time.

No badges, no ranks.
"""
