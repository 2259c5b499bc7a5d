-- Route two, contained documents: a prefix filter (Chaudhuri, Ganti, Kaushik 2006; Bayardo, Ma, Srikant 2007).
-- A document of n shingles with a share c of them in another one lacks at most `spare` = n - ceil(c n) there. So among
-- any spare + 1 of its shingles at least one is shared; asking with the rarest ones makes for the smallest buckets, and
-- a document with more than `spare` shingles of its own needs no bucket at all.
CREATE TEMP TABLE rare_buckets AS
WITH allowances AS (
    SELECT
        place,
        shingles - ceil($containment * shingles - 1e-9) AS spare,
        shingles - count(*) AS unshared
    FROM first_copies
    JOIN held_shingles USING (place)
    GROUP BY place, shingles
),
questions AS (
    SELECT place, shingle
    FROM held_shingles
    JOIN allowances USING (place)
    WHERE unshared <= spare
    QUALIFY row_number() OVER (PARTITION BY place ORDER BY holders, shingle) <= spare + 1 - unshared
),
asked AS (
    SELECT DISTINCT shingle FROM questions
)
SELECT held_shingles.shingle AS bucket, held_shingles.place, questions.place IS NOT NULL AS asks
FROM held_shingles
JOIN asked USING (shingle)
LEFT JOIN questions ON questions.place = held_shingles.place AND questions.shingle = held_shingles.shingle;
