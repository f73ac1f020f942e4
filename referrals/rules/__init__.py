"""Pure rules of referrals: attribution, eligibility, states, tiers, SLA; no database."""
