"""Foundation of every app, without any business logic."""
