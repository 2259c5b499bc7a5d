-- Characters, bytes and tokens of the held-out text of the current snapshot, by domain.
SELECT
    domain,
    sum(documents) AS documents,
    sum(characters) AS characters,
    sum(bytes) AS bytes,
    sum(tokens) AS tokens
FROM compression_by_source
WHERE recipe = $1 AND snapshot_id = $2 AND split = 'val'
GROUP BY domain
HAVING sum(tokens) > 0
ORDER BY domain;
