"""Referral programs: links, clicks, attribution, conversions, rewards and the double-entry
ledger.
"""
