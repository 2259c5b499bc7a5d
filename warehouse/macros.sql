-- Questions with a parameter: SELECT * FROM why('page'). Their parameters end in _ where a column has the same name.

CREATE MACRO where_is(shard_, position_) AS TABLE
WITH hit AS (
    SELECT *
    FROM spans
    WHERE shard = shard_ AND position_ BETWEEN first_token AND last_token
)
SELECT
    hit.recipe,
    hit.doc_id,
    hit.uri,
    hit.revision,
    hit.source,
    hit.domain,
    hit.repetition,
    position_ - hit.first_token + coalesce((
        SELECT sum(earlier.last_token - earlier.first_token + 1)
        FROM spans AS earlier
        WHERE
            earlier.recipe = hit.recipe
            AND earlier.split = hit.split
            AND earlier.doc_id = hit.doc_id
            AND earlier.repetition = hit.repetition
            AND earlier.shard < hit.shard
    ), 0)::BIGINT AS "offset"
FROM hit
ORDER BY hit.recipe;
COMMENT ON MACRO TABLE where_is IS
'where_is(shard, position): the document that a token of a shard belongs to. offset counts tokens from the document''s end-of-text token, which is 0, also where the document began in an earlier shard.';

CREATE MACRO why(part) AS TABLE
WITH asked AS (
    SELECT *
    FROM verdicts
    WHERE contains(lower(uri), lower(part)) OR doc_id = part
),
cleaned AS (
    SELECT cleanings.recipe, cleanings.doc_id, string_agg(cleaner || ': ' || edits, '; ' ORDER BY edits DESC, cleaner) AS cleaning
    FROM cleanings
    SEMI JOIN asked ON asked.recipe = cleanings.recipe AND asked.doc_id = cleanings.doc_id
    GROUP BY cleanings.recipe, cleanings.doc_id
)
SELECT
    asked.recipe,
    asked.uri,
    asked.doc_id,
    asked.verdict AS outcome,
    coalesce(decisions.stage, asked.stage) AS stage,
    coalesce(decisions.verdict, asked.verdict) AS verdict,
    CASE WHEN decisions.doc_id IS NULL THEN asked.reason ELSE decisions.reason END AS reason,
    decisions.value,
    decisions.threshold,
    CASE WHEN decisions.doc_id IS NULL THEN asked.detail ELSE decisions.detail END AS detail,
    decisions.decisive,
    kept.uri AS kept_instead,
    cleaned.cleaning
FROM asked
LEFT JOIN decisions ON decisions.recipe = asked.recipe AND decisions.doc_id = asked.doc_id
LEFT JOIN stage_order ON stage_order.stage = decisions.stage
LEFT JOIN duplicates
    ON decisions.stage = 'duplicates'
    AND duplicates.dropped
    AND duplicates.recipe = asked.recipe
    AND duplicates.doc_id = asked.doc_id
LEFT JOIN captures AS kept ON kept.recipe = asked.recipe AND kept.capture_id = duplicates.other_id
LEFT JOIN cleaned ON cleaned.recipe = asked.recipe AND cleaned.doc_id = asked.doc_id
ORDER BY asked.recipe, asked.uri, asked.doc_id, stage_order.place, decisions.decisive DESC, reason;
COMMENT ON MACRO TABLE why IS
'why(uri): every decision on the documents whose URI contains this text (in any case), or whose doc_id it is; outcome is what became of the document, cleaning the changes that each cleaner made to its text.';

CREATE MACRO signal_values(signal_) AS TABLE
SELECT recipe, doc_id, source, domain, value
FROM (
    UNPIVOT (SELECT * EXCLUDE (language, programming_language) FROM signals)
    ON COLUMNS(* EXCLUDE (recipe, doc_id, source, domain))
    INTO NAME signal VALUE value
)
WHERE signal = signal_;
COMMENT ON MACRO TABLE signal_values IS 'signal_values(signal): one signal by name, as rows; documents without it are left out.';

CREATE MACRO preview(signal_, threshold_, rule := 'max') AS TABLE
WITH known AS (
    SELECT
        CASE
            WHEN rule NOT IN ('max', 'min') THEN error('rule must be ''max'' or ''min'', not ' || rule)
            WHEN count(*) = 0 THEN error('there is no signal named ' || signal_ || '; DESCRIBE signals lists them')
            ELSE true
        END AS valid
    FROM duckdb_columns()
    WHERE table_name = 'signals' AND data_type = 'DOUBLE' AND column_name = signal_
),
-- The rule that is previewed stands in for the same rule of the policy; detail begins with what a rule compares.
judged AS (
    SELECT
        recipe,
        doc_id,
        bool_and(verdict = 'kept') AS kept_now,
        bool_and(
            verdict = 'kept'
            OR starts_with(coalesce(detail, ''), signal_ || CASE rule WHEN 'max' THEN ' must be at most ' ELSE ' must be at least ' END)
        ) AS passes_others
    FROM decisions
    WHERE stage = 'quality'
    GROUP BY recipe, doc_id
),
scored AS (
    SELECT
        signals.recipe,
        signals.domain,
        signals.characters,
        judged.kept_now,
        judged.passes_others
            AND NOT coalesce(CASE rule WHEN 'max' THEN measured.value > threshold_ ELSE measured.value < threshold_ END, false) AS kept_then
    FROM signals
    CROSS JOIN known
    JOIN judged ON judged.recipe = signals.recipe AND judged.doc_id = signals.doc_id
    LEFT JOIN signal_values(signal_) AS measured
        ON measured.recipe = signals.recipe AND measured.doc_id = signals.doc_id
    WHERE known.valid
)
SELECT
    recipe,
    domain,
    count(*) AS documents,
    count(*) FILTER (kept_now) AS kept_now,
    count(*) FILTER (kept_then) AS kept,
    count(*) FILTER (NOT kept_then) AS dropped,
    count(*) FILTER (kept_then AND NOT kept_now) AS newly_kept,
    count(*) FILTER (kept_now AND NOT kept_then) AS newly_dropped,
    coalesce(sum(characters) FILTER (kept_then), 0)::BIGINT AS kept_characters
FROM scored
GROUP BY recipe, domain
ORDER BY recipe, domain;
COMMENT ON MACRO TABLE preview IS
'preview(signal, threshold): what the quality stage would keep and drop if the upper limit of this signal were the threshold in every domain, all other rules staying as they are. A document without the signal is not dropped by it. rule := ''min'' previews a lower limit. Duplicates and balance, which come later, are not foreseen.';

CREATE MACRO snapshot_of(name) AS TABLE
SELECT DISTINCT doc_id, domain, source, uri, revision, text_sha256, split, repetitions, characters
FROM snapshots
WHERE
    starts_with(snapshot_id, name)
    OR snapshot_id IN (SELECT current.snapshot_id FROM corpus AS current WHERE current.recipe = name);
COMMENT ON MACRO TABLE snapshot_of IS
'snapshot_of(name): the documents of a snapshot, by the beginning of its id; for a recipe''s name, of its current one.';

CREATE MACRO snapshot_diff(a, b) AS TABLE
SELECT
    CASE
        WHEN old.doc_id IS NULL THEN 'added'
        WHEN new.doc_id IS NULL THEN 'removed'
        WHEN old.text_sha256 <> new.text_sha256 THEN 'changed text'
        WHEN old.split <> new.split THEN 'moved split'
        ELSE 'other repetitions'
    END AS change,
    coalesce(new.domain, old.domain) AS domain,
    coalesce(new.source, old.source) AS source,
    coalesce(new.uri, old.uri) AS uri,
    old.split AS split_a,
    new.split AS split_b,
    old.repetitions AS repetitions_a,
    new.repetitions AS repetitions_b,
    coalesce(new.characters, 0) - coalesce(old.characters, 0) AS characters,
    coalesce(new.doc_id, old.doc_id) AS doc_id
FROM snapshot_of(a) AS old
FULL JOIN snapshot_of(b) AS new ON new.doc_id = old.doc_id
WHERE
    old.doc_id IS NULL
    OR new.doc_id IS NULL
    OR (old.text_sha256, old.split, old.repetitions) <> (new.text_sha256, new.split, new.repetitions)
ORDER BY change, domain, source, uri, doc_id;
COMMENT ON MACRO TABLE snapshot_diff IS
'snapshot_diff(a, b): documents that differ between two snapshots, each named by its recipe or the beginning of its id. A changed text outranks a moved split, that outranks other repetitions.';
