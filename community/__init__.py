"""The customer community: questions, discussions, knowledge articles, success stories.

Never imports referrals.
"""
