"""Strawberry and its baselines: model, training loop, evaluation, sampling. The only floor that knows torch."""
