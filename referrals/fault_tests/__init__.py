"""The referrals fault test: a random history with a known outcome, delivered shuffled, duplicated
and in parallel.
"""
