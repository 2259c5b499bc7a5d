"""Templates of wikitext that show what somebody said or wrote: quotations, dialogue, words in other scripts, works cited."""

import re

from curation.extract.arguments import Arguments
from curation.extract.elements import names
from curation.extract.language_names import LANGUAGES

_SCRIPTS = {
    "c": "Chinese", "t": "traditional Chinese", "s": "simplified Chinese", "p": "pinyin", "w": "Wade–Giles", "j": "Jyutping",
    "hangul": "Korean", "hanja": "Hanja", "rr": "RR", "mr": "MR", "l": "lit.",
}  # fmt: skip
_SPEAKERS = ("speaker", "character", "name", "who", "char")
_LINES = ("text", "quote", "line", "dialogue", "dialog", "content", "message", "speech")
_MOST_AUTHORS = 9
_PLAIN_QUOTES = "\"“”'‘’ "


def quote(arguments: Arguments) -> str:
    """A quotation in a paragraph of its own, with who said it."""
    text = _first(arguments, "text", "quote", "content", "quotetext", "1", "line")
    author = _first(arguments, "author", "sign", "speaker", "2", "by")
    source = _first(arguments, "source", "title", "3", "where") if author else _first(arguments, "source", "3")
    said = ", ".join(part for part in (author, source) if part)
    return f"\n\n{text}" + (f" ({said})" if said else "") + "\n\n" if text else ""


def quote_box(arguments: Arguments) -> str:
    """A quotation in a box with a title."""
    title = arguments.get("title", "")
    return (f"\n\n{title}" if title else "") + quote({**arguments, "title": ""})


def dialogue(arguments: Arguments) -> str:
    """Lines that are spoken, one a line, as `Speaker: words`."""
    speaker, line = _first(arguments, *_SPEAKERS), _first(arguments, *_LINES)
    if line:
        return f"\n{speaker}: {line}\n" if speaker else f"\n{line}\n"
    spoken = [arguments[name] for name in sorted((n for n in arguments if n.isdecimal() and len(n) < 4), key=int) if arguments[name]]
    if len(spoken) % 2 == 0 and all(len(name) <= 40 and ":" not in name for name in spoken[::2]):
        spoken = [f"{name.strip(_PLAIN_QUOTES)}: {words}" for name, words in zip(spoken[::2], spoken[1::2], strict=True)]
    return "\n" + "\n".join(spoken) + "\n"


def nihongo(arguments: Arguments) -> str:
    """{{nihongo|Samurai|侍|bushi}}: Samurai (侍, bushi)."""
    inside = ", ".join(arguments[name] for name in ("2", "3", "4") if arguments.get(name))
    first = arguments.get("1", "")
    return f"{first} ({inside})".strip() if inside and first else first or inside


def scripts(arguments: Arguments) -> str:
    """{{zh|s=汉字|p=Hànzì}}: simplified Chinese: 汉字; pinyin: Hànzì."""
    named = [f"{label}: {arguments[name]}" for name, label in _SCRIPTS.items() if arguments.get(name)]
    return "; ".join(named) or nihongo(arguments)


def language(code: str, arguments: Arguments) -> str:
    """{{lang-de|Zwerg}}: German: Zwerg."""
    label = "" if arguments.get("label") == "none" else LANGUAGES.get(code, "")
    text = arguments.get("1", "")
    latin, meaning = _first(arguments, "2", "translit"), _first(arguments, "3", "lit")
    shown = f"{label}: {text}" if label else text
    return shown + (f", {latin}" if latin else "") + (f", '{meaning}'" if meaning else "")


def cited(arguments: Arguments) -> str:
    """A work in a list of works: authors (year). "Part". Work. Publisher."""
    title, chapter = _first(arguments, "title", "titel", "titre", "عنوان"), _first(arguments, "chapter", "entry", "contribution")
    if not title and not chapter:
        return arguments.get("1", "")  # {{citation|words}} of French wikis, {{cite|words}}
    authors, year = _names(arguments), _first(arguments, "date", "year")
    work = _first(arguments, "journal", "work", "newspaper", "magazine", "website", "encyclopedia", "encyclopaedia", "series")
    part = chapter or (title if work else "")
    whole = title if chapter or not work else ""
    publisher = ": ".join(value for value in (arguments.get("location", ""), arguments.get("publisher", "")) if value)
    start = f"{authors} ({year})" if authors and year else authors
    pieces = [start, f'"{part}"' if part else "", whole, work, publisher, "" if authors else year]
    return " ".join(f"{piece.rstrip('.')}." for piece in pieces if piece)


def cited_shortly(arguments: Arguments) -> str:
    """{{harvnb|Mech|Boitani|2003|p=257}}: Mech & Boitani 2003, p. 257."""
    words = [arguments[name] for name in ("1", "2", "3", "4", "5") if arguments.get(name)]
    *authors, year = words or [""]
    pages = _first(arguments, "p", "page"), _first(arguments, "pp", "pages")
    shown = f"{' & '.join(authors)} {year}".strip()
    return shown + (f", p. {pages[0]}" if pages[0] else "") + (f", pp. {pages[1]}" if pages[1] else "")


def _names(arguments: Arguments) -> str:
    found = []
    for number in ("", *map(str, range(1, _MOST_AUTHORS))):
        last = _first(arguments, f"last{number}", f"author{number}", f"surname{number}", f"vorname{number}")
        first = _first(arguments, f"first{number}", f"given{number}")
        if last:
            found.append(f"{last}, {first}" if first else last)
    return "; ".join(dict.fromkeys(found)) or _first(arguments, "authors", "vauthors", "autor")


def _first(arguments: Arguments, *names: str) -> str:
    return next((arguments[name] for name in names if arguments.get(name)), "")


_SOUNDS = {"I": "ɪ", "E": "ɛ", "@": "ə", "V": "ʌ", "U": "ʊ", "O": "ɒ", "A": "æ", "_": " ", "N": "ŋ", "S": "ʃ", "Z": "ʒ", "T": "θ", "D": "ð"}
_SOUND = re.compile(r"[A-Za-zɐ-ʯˈˌːæðøŋœβθχ@_'.,ˑ^]{1,4}")
_LABELS = names("lang pron local us uk ipa en-us-x")


def pronounced(arguments: Arguments) -> str:
    """{{IPAc-en|ˈ|l|I|ŋ|k|ən}}: /ˈlɪŋkən/."""
    sounds = (arguments[name] for name in sorted((n for n in arguments if n.isdecimal() and len(n) < 4), key=int))
    kept = [_SOUNDS.get(sound, sound) for sound in sounds if _SOUND.fullmatch(sound) and sound.lower() not in _LABELS]
    return f"/{''.join(kept)}/" if kept else ""


def transcribed(arguments: Arguments) -> str:
    """{{IPA-de|ˈvɪlhɛlm}}: [ˈvɪlhɛlm]."""
    sounds = arguments.get("1", "").strip("[] ")
    return f"[{sounds}]" if sounds else ""
