"""Strawberry and its baselines: model, training loop, evaluation, sampling. The only floor that knows torch."""

import os

# Torch's threads meet after every operation. By default they spin there, and where another process holds a core they
# spin for a whole time slice: several times slower on two busy cores. Read once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
