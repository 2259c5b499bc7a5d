-- Every model's loss on held-out text, by domain and for the whole: the whole is the row `all` where it was
-- measured, else the mean over domains, weighted by tokens for nats and by bytes for bits.
WITH measured AS (
    SELECT model, domain, nats_per_token, bits_per_byte, tokens, bytes
    FROM baselines
    WHERE recipe = $1 AND split = 'val'
),
whole AS (
    SELECT
        model,
        'all' AS domain,
        sum(nats_per_token * tokens) / sum(tokens) AS nats_per_token,
        sum(bits_per_byte * bytes) / sum(bytes) AS bits_per_byte
    FROM measured
    WHERE model NOT IN (SELECT model FROM measured WHERE domain = 'all')
    GROUP BY model
)
SELECT model, domain, nats_per_token, bits_per_byte FROM measured
UNION ALL
SELECT model, domain, nats_per_token, bits_per_byte FROM whole
ORDER BY model, domain;
