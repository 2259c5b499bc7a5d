-- What became of captured items since an earlier capture, by item; and how many of the new and changed are in a snapshot.
-- A document that is kept although its source no longer has it counts as one that is not there.
WITH before AS (
    SELECT capture_id, sha256 FROM read_parquet($before) WHERE $has_before = 1 AND sha256 IS NOT NULL AND gone IS NULL
),
after AS (
    SELECT capture_id, sha256, error FROM read_parquet($after) WHERE gone IS NULL
),
compared AS (
    SELECT
        capture_id,
        CASE
            WHEN after.error IS NOT NULL THEN 'failed'
            WHEN before.sha256 IS NULL THEN 'new'
            WHEN after.capture_id IS NULL THEN 'gone'
            WHEN before.sha256 <> after.sha256 THEN 'changed'
            ELSE 'same'
        END AS change
    FROM before
    FULL JOIN after USING (capture_id)
)
SELECT
    count(*) FILTER (change = 'changed') AS changed,
    count(*) FILTER (change = 'new') AS new,
    count(*) FILTER (change = 'gone') AS gone,
    count(*) FILTER (change IN ('changed', 'new') AND capture_id IN (SELECT doc_id FROM read_parquet($snapshot))) AS survived,
    count(*) FILTER (change = 'failed') AS failed
FROM compared;
