-- How the training text of two snapshots differs: by document, and by text wherever it lies.
WITH old AS (
    SELECT doc_id, text_sha256, repetitions, characters
    FROM read_parquet($old)
    WHERE split = 'train' AND $has_old = 1
),
new AS (
    SELECT doc_id, text_sha256, repetitions, characters
    FROM read_parquet($new)
    WHERE split = 'train'
),
documents AS (
    SELECT
        count(*) FILTER (old.doc_id IS NULL) AS added,
        count(*) FILTER (new.doc_id IS NULL) AS removed,
        count(*) FILTER (old.text_sha256 <> new.text_sha256) AS revised
    FROM old
    FULL JOIN new USING (doc_id)
),
texts AS (
    SELECT any_value(characters) AS characters, sum(before) AS before, sum(after) AS after
    FROM (
        SELECT text_sha256, characters, repetitions AS before, 0 AS after FROM old
        UNION ALL
        SELECT text_sha256, characters, 0 AS before, repetitions AS after FROM new
    )
    GROUP BY text_sha256
)
SELECT
    any_value(documents.added) AS added,
    any_value(documents.removed) AS removed,
    any_value(documents.revised) AS revised,
    coalesce(sum(characters * greatest(after - before, 0)), 0)::BIGINT AS come,
    coalesce(sum(characters * greatest(before - after, 0)), 0)::BIGINT AS gone,
    coalesce(sum(characters * before), 0)::BIGINT AS old_characters,
    coalesce(sum(characters * after), 0)::BIGINT AS new_characters
FROM documents
LEFT JOIN texts ON true;
