-- Every source's account, as the view `ledger` keeps it.
SELECT source, domain, captured, kept, dropped, failed, pending
FROM ledger
WHERE recipe = $1
ORDER BY domain, source;
