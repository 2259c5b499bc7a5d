-- How many documents each reason cost a domain, with the first of them as an example.
SELECT domain, verdict, reason, count(*) AS documents, arg_min(uri, doc_id) AS example, arg_min_null(detail, doc_id) AS detail
FROM verdicts
WHERE recipe = $1 AND verdict IN ('dropped', 'failed')
GROUP BY domain, verdict, reason
ORDER BY domain, documents DESC, reason, verdict;
