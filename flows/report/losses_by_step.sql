-- Documents that each step took away, by domain: failed wherever it happened, dropped where it was decided.
WITH captured AS (
    SELECT domain, 'captured' AS step
    FROM captures
    WHERE recipe = $recipe
),
lost AS (
    SELECT domain, CASE WHEN verdict = 'failed' THEN 'failed' ELSE stage END AS step
    FROM decisions
    WHERE recipe = $recipe AND decisive AND verdict <> 'kept'
)
SELECT step, domain, count(*) AS documents
FROM (FROM captured UNION ALL FROM lost)
GROUP BY step, domain
ORDER BY step, domain;
