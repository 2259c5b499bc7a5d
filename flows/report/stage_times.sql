-- Per stage: the newest run that computed anything, its work summed over partitions and its span on the clock, and
-- whether the recipe's newest run skipped the stage.
WITH entries AS (
    SELECT * FROM runs WHERE recipe = $1
),
newest AS (
    SELECT stage, max(run_id) AS run_id FROM entries WHERE status = 'done' GROUP BY stage
),
last_status AS (
    SELECT stage, bool_and(status = 'skipped') AS skipped
    FROM entries
    WHERE run_id = (SELECT max(run_id) FROM entries)
    GROUP BY stage
)
SELECT
    entries.stage,
    count(*) AS partitions,
    sum(entries.seconds) AS seconds,
    epoch(max(entries.started + to_microseconds(CAST(entries.seconds * 1e6 AS BIGINT))) - min(entries.started)) AS span,
    sum(entries.rows) AS rows,
    sum(entries.bytes) AS bytes,
    strftime(min(entries.started) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M') AS started,
    any_value(last_status.skipped) AS skipped
FROM entries
JOIN newest ON newest.stage = entries.stage AND newest.run_id = entries.run_id
LEFT JOIN last_status ON last_status.stage = entries.stage
WHERE entries.status = 'done'
GROUP BY entries.stage
ORDER BY min(entries.started), entries.stage;
