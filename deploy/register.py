"""Registers with a server what `prefect deploy` does not: schedules of recipes, and the automation that ends dead runs.

For those who run Prefect workers; `berry up` does the same by itself. Safe to run again, after a recipe was added or its
schedule was changed. Needs PREFECT_API_URL and BERRY_RECIPES.
"""

from prefect.client.orchestration import get_client

from flows.automations import ensure_zombie_automation
from flows.curate import curate
from flows.schedules import asked_schedules, reconcile

if __name__ == "__main__":
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(f"{curate.name}/{curate.name}")
        reconcile(client, deployment.id, asked_schedules())
        ensure_zombie_automation(client)
