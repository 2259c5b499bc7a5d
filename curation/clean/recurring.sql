-- Units that recur in enough documents of a source which are otherwise different.
-- Nearly equal documents share all their lines, and none of these is boilerplate: such a document is no witness.
WITH units AS (
    SELECT document, hash, characters, percent, listed
    FROM read_parquet($units)
),
repeated AS (
    SELECT hash
    FROM units
    WHERE hash IS NOT NULL
    GROUP BY hash
    HAVING count(*) >= $least
),
described AS (
    SELECT
        units.document,
        sum(units.characters) FILTER (NOT units.listed AND repeated.hash IS NOT NULL) AS shared,
        sum(units.characters) FILTER (NOT units.listed) AS running,
        sum(units.characters) FILTER (repeated.hash IS NULL) AS own
    FROM units
    LEFT JOIN repeated ON repeated.hash = units.hash
    GROUP BY units.document
)
SELECT
    units.hash,
    count(*) AS documents
FROM units
JOIN repeated ON repeated.hash = units.hash
JOIN described ON described.document = units.document
GROUP BY units.hash
HAVING
    count(*) >= any_value(units.percent) * $documents / 100
    AND count(*) FILTER (
        coalesce(described.own, 0) >= $own
        AND (units.listed OR coalesce(described.shared, 0) * 2 <= described.running)
    ) >= $least
ORDER BY units.hash;
