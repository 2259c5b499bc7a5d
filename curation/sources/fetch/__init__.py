"""How every server is asked: one polite client beneath all sources of a network."""
