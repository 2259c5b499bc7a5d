-- The text of each domain that came out of extraction: documents, characters, and how many documents cleaning changed.
SELECT
    domain,
    count(*) AS documents,
    coalesce(sum(characters), 0)::BIGINT AS characters,
    count(*) FILTER (len(cleaners) > 0) AS changed
FROM documents
WHERE recipe = $1
GROUP BY domain
ORDER BY domain;
