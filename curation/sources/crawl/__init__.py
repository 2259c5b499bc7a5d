"""A crawl of a site: what to ask for, in which order, and what not to."""
