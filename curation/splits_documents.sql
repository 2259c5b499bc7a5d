-- Every signed document that was not dropped as a duplicate, with its sizes.
WITH dropped AS (
    SELECT doc_id FROM read_parquet($duplicates) WHERE dropped
)
SELECT signed.doc_id, signed.source, signed.domain, written.characters, written.bytes
FROM read_parquet($signatures) AS signed
ANTI JOIN dropped USING (doc_id)
JOIN read_parquet($documents) AS written USING (doc_id)
ORDER BY signed.doc_id;
