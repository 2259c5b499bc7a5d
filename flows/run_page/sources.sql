-- Every source of the current corpus: what it was captured as, and how much of it is in the current snapshot.
SELECT captures.source, captures.domain, count(*) AS captured, count(corpus.doc_id) AS kept
FROM captures
LEFT JOIN corpus ON corpus.recipe = captures.recipe AND corpus.doc_id = captures.capture_id
WHERE captures.recipe = $1
GROUP BY captures.source, captures.domain
ORDER BY captures.source, captures.domain;
