-- The text of a snapshot's documents in some splits, once each, ordered by doc_id.
-- The digest is part of the join: a document whose text has changed since is not the snapshot's.
SELECT
    taken.doc_id,
    document.text
FROM read_parquet($snapshot) AS taken
JOIN read_parquet($documents) AS document
    ON document.doc_id = taken.doc_id
    AND document.text_sha256 = taken.text_sha256
WHERE
    taken.repetitions > 0
    AND list_contains($splits, taken.split)
ORDER BY taken.doc_id;
