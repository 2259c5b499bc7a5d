-- Prefect searches names by trigrams. Its migrations ask for the extension too, but may only create it as a superuser.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
