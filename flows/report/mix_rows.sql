-- What each domain had, was asked for, and gave.
SELECT * EXCLUDE (recipe)
FROM mix
WHERE recipe = $1
ORDER BY domain;
