-- The documents of a corpus version: what each is, where it goes and how often.
SELECT
    written.doc_id,
    written.source,
    written.domain,
    written.uri,
    written.revision,
    written.text_sha256,
    taken.split,
    taken.repetitions,
    written.characters,
    written.bytes
FROM read_parquet($taken) AS taken
JOIN read_parquet($splits) AS splits USING (doc_id)
JOIN read_parquet($documents) AS written USING (doc_id)
WHERE taken.repetitions >= 1
ORDER BY written.doc_id;
