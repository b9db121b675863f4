"""The search for counterexamples, and the exact check of what it finds, which shares no code with the search."""
