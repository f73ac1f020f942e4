"""The ground other systems stand on: keys, scopes, problems, idempotency, pages by key, the
schema.
"""
