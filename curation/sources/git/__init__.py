"""Git repositories: clones, trees, attributes, and nothing that could run."""
