"""Queries of the community.

Everything shown to a user goes through `visible_to` or `listed_for`.
"""
