"""The API of MediaWiki: its answers, lists, pages and changes."""
