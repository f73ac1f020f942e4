"""Foundation of the REST API: keys, scopes, problem details, idempotency, keyset pagination, the
schema.
"""
