-- What the recipe's shards were packed from, and with which vocabulary.
SELECT tokenizer_id, snapshot_id, sum(documents) AS documents, sum(tokens) AS tokens
FROM compression_by_source
WHERE recipe = $1
GROUP BY tokenizer_id, snapshot_id
ORDER BY tokenizer_id, snapshot_id;
