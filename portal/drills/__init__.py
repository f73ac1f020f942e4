"""The drill of the two guarantees: kill -9 whatever runs, restart only that, count what was lost
and what doubled.
"""
