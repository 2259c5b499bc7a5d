-- One measured quantity over the steps of training, on the whole of a split.
SELECT step, avg(value) AS value
FROM metrics
WHERE recipe = $recipe AND name = $name AND split = $split AND coalesce(domain, 'all') = 'all' AND isfinite(value)
GROUP BY step
ORDER BY step;
