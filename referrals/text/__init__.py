"""Sentences of referrals shown to people."""
