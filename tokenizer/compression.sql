-- How far a vocabulary compresses each domain, source and split: the COMPRESSION table.
-- A document counts once, whatever its repetitions; end-of-text tokens (one per document) are not counted.
-- A document that runs over several shards has several spans, hence the distinct count.
SELECT
    domain,
    source,
    split,
    count(DISTINCT doc_id) AS documents,
    sum(characters)::BIGINT AS characters,
    sum(bytes)::BIGINT AS bytes,
    (sum(last_token - first_token + 1) - count(DISTINCT doc_id))::BIGINT AS tokens
FROM read_parquet($spans)
WHERE repetition = 0
GROUP BY domain, source, split
ORDER BY domain, source, split;
