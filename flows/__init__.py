"""The roof: Prefect flows, command line and report. Orchestration only."""
