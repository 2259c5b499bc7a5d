"""Templates of wikitext that list the parts of a work: episodes of a series, tracks of a recording."""

from curation.extract.arguments import Arguments

_MOST_TRACKS = 100


def episode(arguments: Arguments) -> str:
    """{{Episode list|Title=The Mill|ShortSummary=The wheel stops.}}: "The Mill" and below it the summary."""
    title = arguments.get("rtitle") or (f'"{arguments["title"]}"' if arguments.get("title") else "")
    return f"\n\n{title}\n\n{arguments.get('shortsummary', '')}\n\n"


def tracks(arguments: Arguments) -> str:
    """{{Track listing|title1=The Mill|length1=3:05}}: 1. "The Mill" (3:05), as items of a numbered list below its headline."""
    items = []
    for number in range(1, _MOST_TRACKS):
        if title := arguments.get(f"title{number}"):
            details = ", ".join(filter(None, (arguments.get(f"{name}{number}") for name in ("note", "length"))))
            items.append(f'# "{title}" ({details})' if details else f'# "{title}"')
    return f"\n\n{arguments.get('headline', '')}\n" + "\n".join(items) + "\n\n" if items else ""
