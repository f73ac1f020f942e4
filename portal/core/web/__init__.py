"""Requests and responses: HTTP client, caches, rate limits, navigation, panels, images, charts."""
