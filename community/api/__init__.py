"""The community for other systems: topics, posts and articles, as far as the key's maker may see
them.
"""
