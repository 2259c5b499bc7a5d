-- The domains that the current snapshot has documents of.
SELECT DISTINCT domain
FROM snapshots
WHERE recipe = $1 AND snapshot_id = $2
ORDER BY domain;
