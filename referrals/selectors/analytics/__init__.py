"""Reading the referral analytics."""
