"""Search in Japanese and English over everything that apps register."""
