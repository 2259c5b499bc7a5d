"""Receipts: what a capture asked of each host and what it cost, for people and for the owners of sites."""

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Receipt:
    """What one host was asked in one capture, restarts included."""

    host: str
    requests: int = 0
    unchanged: int = 0  # answers 304
    bytes: int = 0  # received, headers included, as they came over the wire (within TLS)
    waited: float = 0.0  # seconds of politeness: delays, Retry-After, back-off
    errors: int = 0  # requests without an answer, and answers 429 and 5xx
    robots: str = ""  # digest of its robots.txt; empty where it has none


@dataclass
class Receipts:
    """The receipts of one capture by host."""

    by_host: dict[str, Receipt] = field(default_factory=dict)

    def of(self, host: str) -> Receipt:
        """The receipt of a host, to be added to."""
        return self.by_host.setdefault(host, Receipt(host))

    def to_json(self) -> str:
        """All receipts as a JSON list, by host."""
        return json.dumps([asdict(self.by_host[host]) for host in sorted(self.by_host)], indent=1)
