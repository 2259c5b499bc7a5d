-- What each cleaner did to the documents of a domain, kept or not: documents that it changed, its edits, characters cut and put.
SELECT
    domain,
    cleaner,
    count(*) AS documents,
    sum(edits)::BIGINT AS edits,
    sum(characters_cut)::BIGINT AS characters_cut,
    sum(characters_put)::BIGINT AS characters_put
FROM cleanings
WHERE recipe = $1
GROUP BY domain, cleaner
ORDER BY domain, documents DESC, cleaner;
