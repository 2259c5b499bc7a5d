-- Size and use of the vocabularies that the recipe's shards were written with.
SELECT tokenizer_id, snapshot_id, entries, never_used
FROM tokenizers
WHERE recipe = $1
ORDER BY tokenizer_id;
