-- The vocabulary that was trained on the current snapshot.
SELECT tokenizer_id, entries, pattern, trained_characters, never_used
FROM tokenizers
WHERE recipe = $recipe AND snapshot_id = $snapshot
ORDER BY tokenizer_id;
