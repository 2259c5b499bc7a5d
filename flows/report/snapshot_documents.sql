-- Documents and characters of the current snapshot, each document once.
SELECT split, count(*) AS documents, sum(characters) AS characters
FROM snapshots
WHERE recipe = $1 AND snapshot_id = $2 AND repetitions > 0
GROUP BY split
ORDER BY split;
