-- What each domain had, was asked for, and gave.
SELECT * EXCLUDE (recipe)
FROM mix
WHERE recipe = $recipe
ORDER BY domain;
