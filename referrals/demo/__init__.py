"""The demo's referrals."""
