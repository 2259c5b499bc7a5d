-- How many documents each reason cost a domain, with the first $2 of them as examples.
SELECT domain, verdict, reason, count(*) AS documents, arg_min({'uri': uri, 'detail': detail}, doc_id, $2) AS examples
FROM verdicts
WHERE recipe = $1 AND verdict IN ('dropped', 'failed')
GROUP BY domain, verdict, reason
ORDER BY domain, documents DESC, reason, verdict;
