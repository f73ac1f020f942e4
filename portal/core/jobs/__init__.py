"""Celery: enqueueing on commit, the Redis transport, long resumable jobs."""
