"""The stages of a build, in order: their names, the code that decides their output, and the tables they fill."""

from flows.stage import Stage

CAPTURE = Stage("capture", ("curation.capture",), "sources", "captures")
EXTRACT = Stage("extract", ("curation.partitions",), spreads=True)
BOILERPLATE = Stage("boilerplate", ("curation.clean.recurring",), "sources", "boilerplate")
CLEAN = Stage("clean", ("curation.partitions",), table="documents", spreads=True)
SIGNALS = Stage("signals", ("curation.partitions",), table="signals", spreads=True)
DECISIONS = Stage("decisions", ("curation.partitions",), table="decisions", spreads=True)
SIGNATURES = Stage("signatures", ("curation.duplicates.minhash",), spreads=True)
CANDIDATES = Stage("candidates", ("curation.duplicates.candidates",), "steps")
DUPLICATES = Stage("duplicates", ("curation.duplicates.clusters",), "steps", "duplicates")
SPLITS = Stage("splits", ("curation.splits",), "steps", "splits")
BALANCE = Stage("balance", ("curation.balance",), "steps")
SNAPSHOT = Stage("snapshot", ("curation.snapshot", "curation.ledger"), "steps")
TOKENIZER = Stage("tokenizer", ("tokenizer.train",), "steps")
SHARDS = Stage("shards", ("tokenizer.pack", "tokenizer.evaluate"), "documents")
TRAINING = Stage("training", ("training.loop",), "steps", weight=20)
EVALUATION = Stage("evaluation", ("training.assessment",), "steps")
REPORT = Stage("report", ("flows.report",), "steps")

CURATION = (CAPTURE, EXTRACT, BOILERPLATE, CLEAN, SIGNALS, DECISIONS, SIGNATURES, CANDIDATES, DUPLICATES, SPLITS, BALANCE, SNAPSHOT)
CURATION_TO_SHARDS = (*CURATION, TOKENIZER, SHARDS)
AFTER_SHARDS = (TRAINING, EVALUATION, REPORT)
CURATION_AND_REPORT = (*CURATION, REPORT)
EVERYTHING = (*CURATION_TO_SHARDS, *AFTER_SHARDS)
