-- Training text by domain.
SELECT domain, CAST(sum(characters) AS BIGINT) AS characters, count(*) AS documents
FROM read_parquet($splits)
WHERE split = 'train'
GROUP BY domain
HAVING sum(characters) > 0
ORDER BY domain;
