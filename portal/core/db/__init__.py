"""Database and Redis: inserts, compiled queries, keyset pagination, ids, secrets at rest."""
