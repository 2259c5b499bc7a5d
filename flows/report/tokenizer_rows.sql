-- The vocabulary that was trained on the current snapshot.
SELECT tokenizer_id, entries, pattern, trained_characters, never_used
FROM tokenizers
WHERE recipe = $1 AND snapshot_id = $2
ORDER BY tokenizer_id;
