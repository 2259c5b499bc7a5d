-- How many documents each reason cost a domain, with the first of them as an example.
SELECT
    decisions.domain,
    decisions.verdict,
    decisions.reason,
    count(*) AS documents,
    arg_min(captures.uri, decisions.doc_id) AS example
FROM decisions
LEFT JOIN captures ON captures.recipe = decisions.recipe AND captures.capture_id = decisions.doc_id
WHERE decisions.recipe = $recipe AND decisions.decisive AND decisions.verdict <> 'kept'
GROUP BY decisions.domain, decisions.verdict, decisions.reason
ORDER BY decisions.domain, documents DESC, decisions.reason, decisions.verdict;
