"""What customers do together: ask, answer, discuss, write down what works.

Never imports referrals.
"""
