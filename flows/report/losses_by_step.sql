-- Documents that each step took away, by domain: failed wherever it happened, dropped where it was decided.
SELECT 'captured' AS step, domain, count(*) AS documents
FROM verdicts
WHERE recipe = $1
GROUP BY domain
UNION ALL
SELECT CASE WHEN verdict = 'dropped' THEN stage ELSE verdict END AS step, domain, count(*) AS documents
FROM verdicts
WHERE recipe = $1 AND verdict <> 'kept'
GROUP BY ALL
ORDER BY step, domain;
