-- The first generated sample of each domain.
SELECT domain, prompt, continuation
FROM samples
WHERE recipe = $1
QUALIFY row_number() OVER (PARTITION BY domain ORDER BY doc_id, prompt, continuation) = 1
ORDER BY domain;
