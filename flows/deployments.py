"""Deployments: the flows as a Prefect server shows them, to be started from its UI."""

from typing import cast

from prefect import serve
from prefect.deployments.runner import RunnerDeployment

from flows.build import build
from flows.curate import curate
from flows.shards import write_token_shards
from flows.train import train_strawberry
from flows.vocabulary import train_tokenizer

DEFAULTS = {"recipe": "quickstart", "home": "workspace"}


def deployments() -> list[RunnerDeployment]:
    """One deployment per flow, named as the flow is."""
    flows = (build, curate, train_tokenizer, write_token_shards, train_strawberry)
    return [
        cast(RunnerDeployment, each.to_deployment(name=each.name, parameters=DEFAULTS, tags=["berrypatch"], concurrency_limit=1))
        for each in flows
    ]


def serve_deployments() -> None:
    """Registers the deployments with the server at PREFECT_API_URL and runs what it schedules, until Ctrl-C."""
    serve(*deployments(), pause_on_shutdown=False)
