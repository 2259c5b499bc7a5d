-- The fate of every document that passed the quality stage, at the two stages that look at documents together.
WITH passed AS (
    SELECT doc_id, any_value(source) AS source, any_value(domain) AS domain
    FROM read_parquet($decisions)
    WHERE decisive
    GROUP BY doc_id
    HAVING bool_and(verdict = 'kept')
),
dropped AS (
    SELECT doc_id, other_id, kind, jaccard, containment FROM read_parquet($duplicates) WHERE dropped
)
SELECT
    passed.doc_id,
    passed.source,
    passed.domain,
    dropped.other_id,
    dropped.kind,
    dropped.jaccard,
    dropped.containment,
    taken.repetitions
FROM passed
LEFT JOIN dropped USING (doc_id)
LEFT JOIN read_parquet($taken) AS taken USING (doc_id)
ORDER BY passed.doc_id;
