-- The newest snapshots of a recipe, each with what it has and lacks of its parent; the newest last.
WITH newest AS (
    SELECT sequence, snapshot_id, parent_id, documents, characters
    FROM lineage
    WHERE recipe = $1
    ORDER BY sequence DESC
    LIMIT $2
),
contents AS (
    SELECT snapshot_id, doc_id, text_sha256
    FROM snapshots
    WHERE recipe = $1 AND repetitions > 0
),
own AS (
    SELECT newest.sequence, newest.parent_id, contents.doc_id, contents.text_sha256
    FROM newest
    JOIN contents USING (snapshot_id)
),
inherited AS (
    SELECT newest.sequence, contents.doc_id, contents.text_sha256
    FROM newest
    JOIN contents ON contents.snapshot_id = newest.parent_id
),
changes AS (
    SELECT
        sequence,
        count(*) FILTER (inherited.doc_id IS NULL) AS added,
        count(*) FILTER (own.doc_id IS NULL) AS removed,
        count(*) FILTER (own.text_sha256 <> inherited.text_sha256) AS changed
    FROM own
    FULL JOIN inherited USING (sequence, doc_id)
    GROUP BY sequence
)
SELECT newest.*, changes.added, changes.removed, changes.changed
FROM newest
LEFT JOIN changes USING (sequence)
ORDER BY sequence;
