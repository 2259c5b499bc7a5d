-- One document of every set of exact copies: the one with most characters, then the smallest id.
-- `place` is the order in which documents are offered for keeping: most distinct shingles first.
CREATE TEMP TABLE first_copies AS
WITH signed AS (
    SELECT doc_id, exact, shingles, characters, bands, shingle_hashes
    FROM read_parquet($signatures)
    WHERE shingles > 0
),
copies AS (
    SELECT doc_id, shingles, characters
    FROM signed
    QUALIFY row_number() OVER (PARTITION BY exact ORDER BY characters DESC, doc_id) = 1
)
SELECT row_number() OVER (ORDER BY shingles DESC, characters DESC, doc_id) AS place, doc_id, shingles
FROM copies;
