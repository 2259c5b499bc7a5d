-- What was taken of each domain's training text.
SELECT
    splits.domain,
    CAST(sum(splits.characters * taken.repetitions) AS BIGINT) AS characters,
    count(*) FILTER (taken.repetitions > 0) AS documents
FROM read_parquet($splits) AS splits
JOIN read_parquet($taken) AS taken USING (doc_id)
WHERE splits.split = 'train'
GROUP BY splits.domain
ORDER BY splits.domain;
