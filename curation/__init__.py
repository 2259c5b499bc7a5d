"""Documents: capture, extraction, cleaning, signals, decisions, duplicates, splits and balance."""
