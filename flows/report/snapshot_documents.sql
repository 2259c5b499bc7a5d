-- Documents and characters of the current snapshot, each document once.
SELECT split, count(*) AS documents, sum(characters) AS characters
FROM snapshots
WHERE recipe = $recipe AND snapshot_id = $snapshot
GROUP BY split
ORDER BY split;
