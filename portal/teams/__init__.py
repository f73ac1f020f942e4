"""The inside: which facts call for a team, who acts on them, what came of it and what the customer
was told.
"""
