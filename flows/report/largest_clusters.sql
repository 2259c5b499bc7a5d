-- The largest clusters of duplicates, one row per dropped member, the most alike first.
WITH sizes AS (
    SELECT
        cluster_id,
        count(*) + 1 AS documents,
        min(jaccard) AS least_jaccard,
        max(jaccard) AS most_jaccard,
        min(containment) AS least_containment,
        max(containment) AS most_containment
    FROM duplicates
    WHERE recipe = $1 AND dropped
    GROUP BY cluster_id
    ORDER BY documents DESC, cluster_id
    LIMIT $2
),
members AS (
    SELECT
        sizes.*,
        duplicates.* EXCLUDE (recipe, cluster_id),
        row_number() OVER (PARTITION BY sizes.cluster_id ORDER BY jaccard DESC, containment DESC, doc_id) AS place
    FROM sizes
    JOIN duplicates ON duplicates.cluster_id = sizes.cluster_id AND duplicates.recipe = $1 AND duplicates.dropped
)
SELECT
    members.cluster_id,
    members.documents,
    members.least_jaccard,
    members.most_jaccard,
    members.least_containment,
    members.most_containment,
    members.kind,
    members.jaccard,
    members.containment,
    members.why,
    dropped.uri,
    coalesce(kept.domain, members.domain) AS domain,
    kept.uri AS kept_uri,
    kept.title AS kept_title
FROM members
LEFT JOIN captures AS dropped ON dropped.recipe = $1 AND dropped.capture_id = members.doc_id
LEFT JOIN captures AS kept ON kept.recipe = $1 AND kept.capture_id = members.cluster_id
WHERE members.place <= $3
ORDER BY members.documents DESC, members.cluster_id, members.place;
