"""Search in Japanese and English over what every app registers."""
