-- How often each document is taken, given how often a character of its domain is to be taken on average.
-- A domain at 2.4 repetitions takes every document twice, and once more those that come first in an order drawn from
-- their ids, until .4 of the domain's characters are reached. A document counts when its middle lies before that mark,
-- so a domain misses its mark by half a document at most. Held-out documents are taken once, never repeated.
WITH drawn AS (
    SELECT
        splits.doc_id,
        splits.split,
        splits.domain,
        splits.characters,
        quotas.repetitions,
        sha256('balance' || chr(31) || splits.doc_id) AS draw
    FROM read_parquet($splits) AS splits
    LEFT JOIN quotas ON quotas.domain = splits.domain AND splits.split = 'train'
),
placed AS (
    SELECT
        *,
        sum(characters) OVER (PARTITION BY domain, split ORDER BY draw, doc_id) - characters / 2 AS middle,
        sum(characters) OVER (PARTITION BY domain, split) AS available
    FROM drawn
)
SELECT
    doc_id,
    split,
    CASE
        WHEN split <> 'train' THEN 1
        WHEN repetitions IS NULL THEN 0
        WHEN middle < (repetitions - floor(repetitions)) * available THEN CAST(floor(repetitions) AS BIGINT) + 1
        ELSE CAST(floor(repetitions) AS BIGINT)
    END AS repetitions
FROM placed
ORDER BY doc_id;
