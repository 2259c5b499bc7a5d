-- One measured quantity over the steps of training, on the whole of a split.
SELECT step, avg(value) AS value
FROM metrics
WHERE recipe = $1 AND name = $2 AND split = $3 AND coalesce(domain, 'all') = 'all' AND isfinite(value)
GROUP BY step
ORDER BY step;
