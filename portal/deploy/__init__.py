"""What a production machine needs: the web server's settings.

README, "Running it for real", says the rest.
"""
