-- The largest clusters of duplicates, one row per dropped member, the most alike first.
WITH sizes AS (
    SELECT cluster_id, count(*) + 1 AS documents, min(jaccard) AS least, max(jaccard) AS most
    FROM duplicates
    WHERE recipe = $1 AND dropped
    GROUP BY cluster_id
    ORDER BY documents DESC, cluster_id
    LIMIT $2
),
members AS (
    SELECT
        sizes.cluster_id,
        sizes.documents,
        sizes.least,
        sizes.most,
        duplicates.* EXCLUDE (recipe, cluster_id),
        row_number() OVER (PARTITION BY sizes.cluster_id ORDER BY jaccard DESC, containment DESC, doc_id) AS place
    FROM sizes
    JOIN duplicates ON duplicates.cluster_id = sizes.cluster_id AND duplicates.recipe = $1 AND duplicates.dropped
)
SELECT
    members.cluster_id,
    members.documents,
    members.least,
    members.most,
    members.kind,
    members.jaccard,
    members.containment,
    members.why,
    dropped.uri,
    kept.domain,
    kept.uri AS kept_uri,
    kept.title AS kept_title
FROM members
LEFT JOIN captures AS dropped ON dropped.recipe = $1 AND dropped.capture_id = members.doc_id
LEFT JOIN captures AS kept ON kept.recipe = $1 AND kept.capture_id = members.cluster_id
WHERE members.place <= $3
ORDER BY members.documents DESC, members.cluster_id, members.place;
