-- Within a bucket every asking document meets the `crowd` longest documents before it. A bucket of at most that many
-- documents therefore gives all its pairs; a bigger one stays linear, and no bucket is left out.
WITH buckets AS (
    SELECT bucket, place, asks FROM band_buckets
    UNION ALL
    SELECT bucket, place, asks FROM rare_buckets
),
longest AS (
    SELECT bucket, place
    FROM buckets
    QUALIFY row_number() OVER (PARTITION BY bucket ORDER BY place) <= $crowd
),
met AS (
    SELECT DISTINCT longest.place AS longer, buckets.place AS shorter
    FROM longest
    JOIN buckets ON buckets.bucket = longest.bucket AND buckets.asks AND longest.place < buckets.place
)
SELECT least(one.doc_id, other.doc_id) AS a, greatest(one.doc_id, other.doc_id) AS b
FROM met
JOIN first_copies AS one ON one.place = met.longer
JOIN first_copies AS other ON other.place = met.shorter
ORDER BY a, b;
