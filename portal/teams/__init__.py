"""Staff teams: which events call for a team, who acts on them, the outcome, and the update to the
customer.
"""
