"""Roll-ups behind the referral analytics."""
