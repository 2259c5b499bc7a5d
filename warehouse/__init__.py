"""The ground floor: where every table and file lies, and SQL over all of it."""
