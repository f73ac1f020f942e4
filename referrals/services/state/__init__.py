"""Moving an introduction between states, locks, risk findings."""
