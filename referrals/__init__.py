"""Introductions: programs, links, clicks, attribution, conversions, rewards and the ledger that
keeps them honest.
"""
