"""Participation: what people give to the community, as one number each that fades with time.

No badges, no ranks.
"""
