-- Each captured document with the decisive rows that say what became of it. Only the last stage that occurs at all, or
-- the stage that dropped or failed the document, ends its way.
CREATE TEMP TABLE fates AS
WITH captured AS (
    SELECT capture_id AS doc_id, any_value(source) AS source, count(*) AS captures
    FROM read_parquet($captures)
    GROUP BY capture_id
),
staged AS (
    SELECT
        doc_id,
        source,
        verdict,
        list_position(['extract', 'quality', 'duplicates', 'balance'], stage) AS stage
    FROM read_parquet($decisions)
    WHERE decisive
),
decided AS (
    SELECT
        doc_id,
        any_value(source) AS source,
        count(*) AS decisions,
        count(DISTINCT stage) AS stages,
        max(stage) AS last_stage,
        count(*) FILTER (verdict <> 'kept') AS ends,
        arg_max(verdict, stage) AS verdict
    FROM staged
    GROUP BY doc_id
)
SELECT
    doc_id,
    coalesce(captured.source, decided.source) AS source,
    decided.verdict,
    CASE
        WHEN captured.doc_id IS NULL THEN 'decided, but never captured'
        WHEN captures > 1 THEN 'captured more than once'
        WHEN decided.doc_id IS NULL THEN 'captured, but never decided'
        WHEN decisions > stages THEN 'decided twice at one stage'
        WHEN ends > 1 OR (ends = 1 AND decided.verdict = 'kept') THEN 'decided again after it was dropped or failed'
        WHEN ends = 0 AND last_stage < (SELECT max(stage) FROM staged) THEN 'kept, and then lost before the last stage'
    END AS problem
FROM captured
FULL JOIN decided USING (doc_id);
