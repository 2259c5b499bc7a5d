-- How many documents each reason cost a domain, dropped or failed, with the stage that decided and its place among the stages.
SELECT verdicts.stage, stage_order.place, verdicts.verdict, verdicts.reason, verdicts.domain, count(*) AS documents
FROM verdicts
LEFT JOIN stage_order USING (stage)
WHERE verdicts.recipe = $1 AND verdicts.verdict IN ('dropped', 'failed')
GROUP BY ALL
ORDER BY stage_order.place, verdicts.verdict, verdicts.reason, verdicts.domain;
