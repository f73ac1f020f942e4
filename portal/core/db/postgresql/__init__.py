"""Django's PostgreSQL backend, whose pool says at once that the server is gone."""
