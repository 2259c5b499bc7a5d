-- Documents that break the ledger law, by source.
SELECT source, problem, count(*) AS documents, list_slice(list(doc_id ORDER BY doc_id), 1, 3) AS examples
FROM fates
WHERE problem IS NOT NULL
GROUP BY source, problem
ORDER BY source, problem;
