-- Tokens in the shards of each split, repetitions included.
SELECT split, sum(last_token - first_token + 1) AS tokens
FROM spans
WHERE recipe = $1
GROUP BY split
ORDER BY split;
