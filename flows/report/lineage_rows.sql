-- The recipe's snapshots, newest first.
SELECT sequence, snapshot_id, parent_id, recipe_digest, documents, characters
FROM lineage
WHERE recipe = $1
ORDER BY sequence DESC;
