"""The referrals drill: a random story whose right outcome is known, told shuffled, doubled and all
at once.
"""
