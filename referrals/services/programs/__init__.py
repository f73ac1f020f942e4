"""Programs: settings, terms, reward rules, caps, asks, the leaderboard."""
