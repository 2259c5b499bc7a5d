-- The lens over the tables' Parquet files: one view per table, then the questions that people ask.
-- {tables} stands for the folder of the tables, as a path in which no wildcard is left; {definition} and {root} for what
-- this file was published with. Nothing else is pasted in. Globs are read at every query, so new partitions show at once.

-- Tables ------------------------------------------------------------------------------------------------------------

CREATE VIEW captures AS
SELECT recipe, * EXCLUDE (recipe, content)
FROM read_parquet('{tables}/captures/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW captures IS 'What the sources gave: one row per item, its bytes left out. capture_id equals doc_id.';

CREATE VIEW receipts AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/receipts/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW receipts IS 'What each host was asked in each capture, and what it cost: requests, answers 304, bytes, waits, errors.';

CREATE VIEW documents AS
-- by name: partitions of a version before 'edits' have none
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet(
    '{tables}/documents/recipe=*/*.parquet', union_by_name = true, hive_partitioning = true, hive_types = {'recipe': VARCHAR}
);
COMMENT ON VIEW documents IS 'Text after extraction and cleaning, kept or not, one row per capture.';

CREATE VIEW boilerplate AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/boilerplate/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW boilerplate IS 'Lines that recur in many documents of a source, and were taken out of them.';

CREATE VIEW signals AS
-- by name: partitions of an older version have fewer signals
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet(
    '{tables}/signals/recipe=*/*.parquet', union_by_name = true, hive_partitioning = true, hive_types = {'recipe': VARCHAR}
);
COMMENT ON VIEW signals IS 'Every number that a quality rule may use, one row per document, for kept and dropped alike.';

CREATE VIEW decisions AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/decisions/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW decisions IS 'Every verdict of every rule; exactly one row per document and stage is decisive.';

CREATE VIEW duplicates AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/duplicates/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW duplicates IS 'Pairs of alike documents with their exact similarity, and which of the two was kept and why.';

CREATE VIEW splits AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/splits/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW splits IS 'train, val or test for each document that passed, and the group that had to stay together.';

CREATE VIEW mix AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/mix/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW mix IS 'Asked and taken share of each domain in the training text, and what stood in the way.';

CREATE VIEW snapshots AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/snapshots/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW snapshots IS 'Every version of the corpus: which document, in which revision and split, how often.';

CREATE VIEW lineage AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/lineage/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW lineage IS 'The snapshots of each recipe in the order they were made, each with its parent; the last is current.';

CREATE VIEW corpus AS
SELECT snapshots.*
FROM snapshots
LEFT JOIN (SELECT recipe, arg_max(snapshot_id, sequence) AS current_id FROM lineage GROUP BY recipe) USING (recipe)
WHERE snapshot_id = coalesce(current_id, snapshot_id);
COMMENT ON VIEW corpus IS 'The current snapshot of each recipe.';

CREATE VIEW tokenizers AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/tokenizers/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW tokenizers IS 'Vocabularies: entries, pattern, and entries that the training shards never use.';

CREATE VIEW models AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/models/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW models IS 'Every model that was trained, with the snapshot, the vocabulary and the shards it came from, and its loss.';

CREATE VIEW compression_by_source AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/compression/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW compression_by_source IS 'Tokens per domain, source and split; a document counts once, end-of-text tokens are left out.';

CREATE VIEW spans AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/spans/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW spans IS 'Where each document lies in the shards. One that runs over the end of a shard has a row in each.';

CREATE VIEW metrics AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/metrics/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW metrics IS 'Figures of training by step: loss in nats per token, gradient norm, learning rate.';

CREATE VIEW baselines AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/baselines/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW baselines IS 'The trained model beside simpler ones on the same held-out text, in bits per byte.';

CREATE VIEW samples AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/samples/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW samples IS 'What the trained model wrote after a prompt.';

CREATE VIEW runs AS
SELECT recipe, * EXCLUDE (recipe)
FROM read_parquet('{tables}/runs/recipe=*/*.parquet', hive_partitioning = true, hive_types = {'recipe': VARCHAR});
COMMENT ON VIEW runs IS 'What each build did, by stage and partition, and how long it took.';

CREATE VIEW cleanings AS
WITH steps AS (
    SELECT recipe, doc_id, source, domain, unnest(edits) AS step
    FROM documents
),
each_edit AS (
    SELECT recipe, doc_id, source, domain, step.cleaner AS cleaner, unnest(step.cut) AS cut, unnest(step.put) AS put
    FROM steps
)
SELECT
    recipe,
    doc_id,
    source,
    domain,
    cleaner,
    count(*) AS edits,
    sum(cut)::BIGINT AS characters_cut,
    sum(len(put))::BIGINT AS characters_put
FROM each_edit
GROUP BY ALL
ORDER BY recipe, doc_id, cleaner;
COMMENT ON VIEW cleanings IS 'How often each cleaner changed each document, and how many characters it cut and put.';

CREATE VIEW template_losses AS
WITH uses AS (
    SELECT recipe, source, domain, unnest(templates) AS used
    FROM documents
)
SELECT
    recipe,
    source,
    domain,
    used.name AS template,
    used.on_purpose AS on_purpose,
    count(*) AS documents,
    sum(used.calls)::BIGINT AS calls,
    sum(used.given)::BIGINT AS argument_characters,
    sum(used.kept)::BIGINT AS kept_characters,
    sum(greatest(used.given - used.kept, 0))::BIGINT AS lost_characters
FROM uses
GROUP BY ALL
ORDER BY on_purpose, lost_characters DESC, recipe, source, template;
COMMENT ON VIEW template_losses IS
'The meter of lost text: per template of wikitext what its calls were given and how much of it came into the texts; first what was truly lost, then (on_purpose) references, boxes, navigation and notes to editors.';

-- Verdicts ----------------------------------------------------------------------------------------------------------

CREATE VIEW stage_order AS
SELECT *
FROM (VALUES ('capture', 0), ('extract', 1), ('quality', 2), ('duplicates', 3), ('balance', 4)) AS known (stage, place);
COMMENT ON VIEW stage_order IS 'The stages that decide on documents, in their order.';

CREATE VIEW verdicts AS
WITH decided AS (
    SELECT decisions.*, stage_order.place
    FROM decisions
    JOIN stage_order USING (stage)
    WHERE decisions.decisive
),
latest AS (
    SELECT recipe, max(place) AS place
    FROM decided
    GROUP BY recipe
),
-- The first stage that did not keep a document, and the last one that kept it.
outcome AS (
    SELECT
        recipe,
        doc_id,
        arg_min({'stage': stage, 'verdict': verdict, 'reason': reason, 'value': value, 'threshold': threshold,
                 'detail': detail}, place) FILTER (verdict <> 'kept') AS refused,
        max(place) FILTER (verdict = 'kept') AS passed
    FROM decided
    GROUP BY recipe, doc_id
)
SELECT
    captures.recipe,
    captures.capture_id AS doc_id,
    captures.source,
    captures.domain,
    captures.uri,
    captures.title,
    CASE
        WHEN captures.error IS NOT NULL THEN 'failed'
        WHEN refused IS NOT NULL THEN refused.verdict
        WHEN passed = latest.place THEN 'kept'
        ELSE 'pending'
    END AS verdict,
    CASE
        WHEN captures.error IS NOT NULL THEN coalesce(refused.stage, 'capture')
        WHEN refused IS NOT NULL THEN refused.stage
        ELSE (SELECT stage FROM stage_order WHERE place = passed)
    END AS stage,
    CASE WHEN captures.error IS NOT NULL THEN coalesce(refused.reason, 'capture_failed') ELSE refused.reason END AS reason,
    refused.value AS value,
    refused.threshold AS threshold,
    coalesce(captures.error, 'of ' || original.uri, refused.detail) AS detail
FROM captures
LEFT JOIN outcome ON outcome.recipe = captures.recipe AND outcome.doc_id = captures.capture_id
-- A duplicate is told by the id of what it is one of, which says nothing to people.
LEFT JOIN captures AS original
    ON refused.stage = 'duplicates' AND original.recipe = captures.recipe AND original.capture_id = refused.detail
LEFT JOIN latest ON latest.recipe = captures.recipe;
COMMENT ON VIEW verdicts IS
'What became of each captured document: failed or dropped by the first stage that did not keep it (stage, reason, value, threshold, and in detail the error, or the document that it is a duplicate of); kept when it has passed every stage that the recipe has reached; pending while a stage that others have passed is still to decide on it.';

CREATE VIEW ledger AS
SELECT
    recipe,
    source,
    domain,
    count(*) AS captured,
    count(*) FILTER (verdict = 'kept') AS kept,
    count(*) FILTER (verdict = 'dropped') AS dropped,
    count(*) FILTER (verdict = 'failed') AS failed,
    count(*) FILTER (verdict = 'pending') AS pending
FROM verdicts
GROUP BY recipe, source, domain
ORDER BY recipe, source, domain;
COMMENT ON VIEW ledger IS 'Per source and domain: captured = kept + dropped + failed + pending. pending is 0 once a build is through.';

CREATE VIEW drop_reasons AS
SELECT
    verdicts.recipe,
    verdicts.stage,
    verdicts.reason,
    verdicts.domain,
    count(*) AS documents,
    coalesce(sum(documents.characters), 0)::BIGINT AS characters,
    arg_min(verdicts.uri, verdicts.doc_id) AS example_uri,
    arg_min_null(verdicts.detail, verdicts.doc_id) AS example_detail
FROM verdicts
LEFT JOIN documents ON documents.recipe = verdicts.recipe AND documents.doc_id = verdicts.doc_id
WHERE verdicts.verdict IN ('dropped', 'failed')
GROUP BY ALL
ORDER BY verdicts.recipe, documents DESC, verdicts.stage, verdicts.reason, verdicts.domain;
COMMENT ON VIEW drop_reasons IS 'Why documents were not kept: each counts once, under the first stage that refused it, with an example and what was said of it.';

CREATE VIEW duplicate_clusters AS
SELECT
    duplicates.recipe,
    duplicates.cluster_id,
    1 + count(DISTINCT duplicates.doc_id) AS size,
    any_value(kept.uri) AS kept_uri,
    any_value(kept.title) AS kept_title,
    list_sort(list(DISTINCT duplicates.kind)) AS kinds,
    min(duplicates.jaccard) AS least_jaccard,
    list_sort(list(DISTINCT member.uri)) AS members
FROM duplicates
LEFT JOIN captures AS kept ON kept.recipe = duplicates.recipe AND kept.capture_id = duplicates.cluster_id
LEFT JOIN captures AS member ON member.recipe = duplicates.recipe AND member.capture_id = duplicates.doc_id
WHERE duplicates.dropped
GROUP BY duplicates.recipe, duplicates.cluster_id
ORDER BY duplicates.recipe, size DESC, duplicates.cluster_id;
COMMENT ON VIEW duplicate_clusters IS
'Documents that say the same: the one that was kept, and the dropped ones (members). Pairs that are merely related are in duplicates.';

-- The corpus --------------------------------------------------------------------------------------------------------

CREATE VIEW corpus_stats AS
WITH taken AS (
    SELECT
        recipe,
        domain,
        source,
        split,
        snapshot_id,
        count(*) AS documents,
        sum(characters)::BIGINT AS characters,
        sum(bytes)::BIGINT AS bytes
    FROM corpus
    WHERE repetitions > 0
    GROUP BY ALL
)
SELECT
    taken.* EXCLUDE (snapshot_id),
    counted.tokens
FROM taken
LEFT JOIN compression_by_source AS counted USING (recipe, snapshot_id, domain, source, split)
ORDER BY recipe, domain, source, split;
COMMENT ON VIEW corpus_stats IS
'Size of the corpus; each document counts once, whatever its repetitions. tokens is NULL until the shards are written.';

CREATE VIEW compression AS
SELECT
    recipe,
    domain,
    split,
    sum(documents)::BIGINT AS documents,
    sum(characters)::BIGINT AS characters,
    sum(bytes)::BIGINT AS bytes,
    sum(tokens)::BIGINT AS tokens,
    sum(characters) / nullif(sum(tokens), 0) AS characters_per_token,
    sum(bytes) / nullif(sum(tokens), 0) AS bytes_per_token
FROM compression_by_source
GROUP BY recipe, domain, split
ORDER BY recipe, domain, split;
COMMENT ON VIEW compression IS 'How far the vocabulary compresses each domain and split; val and test are text it has not seen.';

CREATE VIEW domain_balance AS
WITH before AS (
    SELECT recipe, domain, sum(characters)::BIGINT AS available_characters
    FROM splits
    WHERE split = 'train'
    GROUP BY recipe, domain
),
after AS (
    SELECT recipe, domain, sum(characters * repetitions)::BIGINT AS taken_characters
    FROM corpus
    WHERE split = 'train'
    GROUP BY recipe, domain
)
SELECT
    recipe,
    domain,
    coalesce(before.available_characters, 0) AS available_characters,
    coalesce(before.available_characters, 0) / nullif(sum(before.available_characters) OVER corpus, 0) AS available_share,
    mix.asked_share,
    coalesce(after.taken_characters, 0) AS taken_characters,
    coalesce(after.taken_characters, 0) / nullif(sum(after.taken_characters) OVER corpus, 0) AS taken_share,
    after.taken_characters / nullif(before.available_characters, 0) AS repetitions
FROM before
FULL JOIN after USING (recipe, domain)
LEFT JOIN mix USING (recipe, domain)
WINDOW corpus AS (PARTITION BY recipe)
ORDER BY recipe, domain;
COMMENT ON VIEW domain_balance IS
'Training text per domain before the mix (available) and after it (taken, repetitions included), as shares of all domains.';

CREATE VIEW run_history AS
SELECT
    recipe,
    run_id,
    min(started) AS started,
    round(epoch(max(started + to_microseconds((seconds * 1000000)::BIGINT)) - min(started)), 3) AS seconds,
    count(*) FILTER (status = 'done') AS done,
    count(*) FILTER (status = 'skipped') AS skipped,
    count(*) FILTER (status = 'failed') AS failed,
    coalesce(sum(rows) FILTER (status = 'done'), 0)::BIGINT AS rows,
    coalesce(sum(bytes) FILTER (status = 'done'), 0)::BIGINT AS bytes,
    arg_min(error, started) FILTER (error IS NOT NULL) AS first_error
FROM runs
GROUP BY recipe, run_id
ORDER BY started DESC, run_id;
COMMENT ON VIEW run_history IS
'Builds, newest first: partitions done, skipped because they existed, and failed; rows and bytes that were written.';

CREATE VIEW warehouse_definition AS
SELECT {definition} AS definition, {root} AS root;
COMMENT ON VIEW warehouse_definition IS 'Which definition of these views was published, and for which folder.';
