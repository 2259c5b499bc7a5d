"""What a Prefect run's page shows about a corpus: Markdown with pictures, drawn from the warehouse's tables."""
