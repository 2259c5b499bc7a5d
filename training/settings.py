"""What a person may set about a training run."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from training.strawberry import StrawberryConfig
from warehouse.errors import TrainingError


@dataclass(frozen=True)
class TrainingSettings:
    """One run of training; every field belongs to the run's identity."""

    model: StrawberryConfig = field(default_factory=StrawberryConfig)
    steps: int = 300
    batch: int = 4  # windows of `model.block` tokens per step
    matrix_learning_rate: float = 0.01  # Muon
    embedding_learning_rate: float = 0.01  # Adam, also of the gains
    warmup: int = 20  # steps from 0 to the full learning rate
    decay: float = 0.5  # share of the steps, at the end, that fall to 0
    weight_decay: float = 1e-3  # of the matrices
    clip: float = 1.0  # largest norm of the gradient
    seed: int = 0
    evaluate_every: int = 50
    evaluate_windows: int = 32  # windows of the validation shards that are looked at
    checkpoint_every: int = 100
    threads: int = 2  # of torch; sums of floats depend on it, so it is a setting

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "evaluate_every", "evaluate_windows", "checkpoint_every", "threads"):
            if getattr(self, name) < 1:
                raise TrainingError(f"training: {name} is {getattr(self, name)}; it must be at least 1")
        for name in ("matrix_learning_rate", "embedding_learning_rate", "clip"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0):
                raise TrainingError(f"training: {name} is {getattr(self, name)}; it must be a positive number")
        if not 0 <= self.decay <= 1:
            raise TrainingError(f"training: decay is {self.decay}; it is a share of the steps, from 0 to 1")

    @property
    def tokens_per_step(self) -> int:
        """Tokens that one step predicts."""
        return self.batch * self.model.block

    def record(self) -> dict[str, Any]:
        """The settings as plain nested dictionaries, for JSON and digests."""
        return asdict(self)


def schedule(settings: TrainingSettings, step: int) -> float:
    """Factor on the learning rates at a step, counted from 0: linear warm-up, constant, linear decay to zero.

    Source: warmup-stable-decay, Hu et al. 2024 (MiniCPM, arXiv 2404.06395).
    """
    rising = (step + 1) / settings.warmup if step < settings.warmup else 1.0
    falling = (settings.steps - step) / (settings.decay * settings.steps) if settings.decay else 1.0
    return min(rising, falling, 1.0)
