"""From documents to token ids: vocabulary, encoding and memory-mapped shards."""
