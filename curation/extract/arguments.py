"""What a template of wikitext is called with."""

Arguments = dict[str, str]
"""Values by name; unnamed ones by their position from 1."""
