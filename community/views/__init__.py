"""Views of the community. Each parses the request, calls one service or selector, and responds."""
