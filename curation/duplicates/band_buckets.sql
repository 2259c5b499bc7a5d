-- Route one, alike documents: a bucket holds the documents that agree in one band of their MinHash signature.
CREATE TEMP TABLE band_buckets AS
WITH banded AS (
    SELECT place, unnest(bands) AS bucket
    FROM first_copies
    JOIN read_parquet($signatures) USING (doc_id)
)
SELECT bucket, place, true AS asks
FROM banded
QUALIFY count(*) OVER (PARTITION BY bucket) > 1;
