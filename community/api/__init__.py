"""REST API of the community: topics, posts and articles, limited to what the key's maker may
see.
"""
