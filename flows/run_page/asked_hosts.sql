-- What the hosts of a recipe's sources were asked in its newest run.
SELECT source, host, requests, unchanged, bytes, waited, errors
FROM receipts
WHERE recipe = $1 AND run_id = (SELECT max(run_id) FROM runs WHERE recipe = $1)
ORDER BY source, host;
