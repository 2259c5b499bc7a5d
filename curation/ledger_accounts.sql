-- The account of each source.
SELECT
    source,
    count(*) AS captured,
    count(*) FILTER (verdict = 'kept') AS kept,
    count(*) FILTER (verdict = 'dropped') AS dropped,
    count(*) FILTER (verdict = 'failed') AS failed
FROM fates
GROUP BY source
ORDER BY source;
