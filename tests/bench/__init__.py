"""Measurements on whole runs: how long things take, beside what is wanted. No tests; README.md says how to run each."""
