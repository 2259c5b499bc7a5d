-- Every shingle of every document that some other document holds too.
CREATE TEMP TABLE held_shingles AS
WITH held AS (
    SELECT place, unnest(shingle_hashes) AS shingle
    FROM first_copies
    JOIN read_parquet($signatures) USING (doc_id)
),
shared AS (
    SELECT shingle, count(*) AS holders
    FROM held
    GROUP BY shingle
    HAVING count(*) > 1
)
SELECT place, shingle, holders
FROM held
JOIN shared USING (shingle);
