"""A picture as one SVG that stands alone: it is shown as an image, where no style of the page around it applies.

It lies on a card of its own, whose colours follow the page's light or dark scheme where the browser passes that on; text
and card always change together, so that it can be read in any case.
"""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from flows.report.formats import plain
from flows.report.reader import DOMAINS
from flows.run_page.words import inert

WIDTH = 600
"""Units across a picture: the pixels that a column of text has in the UI."""

EDGE = 14
"""Units between the card's edge and what is on it."""

_STYLE = Markup(
    """
svg{--card:#fff;--ink:#22242a;--soft:#62656e;--line:#dedbd3;--none:#8a8d96;--berry:#b0174b}
@media(prefers-color-scheme:dark){svg{--card:#303136;--ink:#eceae5;--soft:#aeb1b8;--line:#484b53;--none:#9a9da6;--berry:#f2799e}.pale{opacity:.6!important}}
text{font:13px ui-sans-serif,system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
.card{fill:var(--card)}.soft{fill:var(--soft);font-size:12px}.end{text-anchor:end}.mid{text-anchor:middle}
.on-line{paint-order:stroke;stroke:var(--card);stroke-width:5px}
.wiki{fill:#2486c4}.lore{fill:#e69f00}.transcript{fill:#009e73}.code{fill:#cc79a7}.paper{fill:#d55e00}.none{fill:var(--none)}
.pale{opacity:.4}.grid{stroke:var(--line)}.mark{stroke:var(--ink);stroke-width:2.5}.mark.soft{stroke:var(--soft)}
.level{stroke:var(--soft);stroke-dasharray:5 4}polyline{fill:none;stroke-linejoin:round}
.raw{stroke:var(--none);stroke-width:1;opacity:.6}.mean{stroke:var(--none);stroke-width:2}.held-out{stroke:var(--berry);stroke-width:2}
.dot-mean{fill:var(--none)}.dot-held-out{fill:var(--berry)}
""".replace("\n", "")
)


@dataclass(frozen=True)
class Picture:
    """An SVG and what it is called for those who cannot see it."""

    label: str
    svg: str

    @property
    def markdown(self) -> str:
        """The picture as an image of Markdown that fetches nothing."""
        return f"![{inert(self.label)}](data:image/svg+xml;base64,{b64encode(self.svg.encode()).decode()})"


def picture(label: str, height: float, body: Iterable[Markup]) -> Picture:
    """Shapes on a card of this height."""
    opening = Markup('<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1:.0f}" viewBox="0 0 {0} {1:.0f}" role="img">')
    card = Markup('<title>{}</title><style>{}</style><rect class="card" width="{}" height="{:.0f}" rx="8"/>')
    parts = (opening.format(WIDTH, height), card.format(plain(label), _STYLE, WIDTH, height), *body, Markup("</svg>"))
    return Picture(label, str(Markup("").join(parts)))


def text(x: float, y: float, words: str, style: str = "") -> Markup:
    """Words whose base line is at `y`; they begin at `x`, end there (`end`) or have it in their middle (`mid`)."""
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(style, x, y, plain(words))


def rect(x: float, y: float, width: float, height: float, style: str) -> Markup:
    """A bar."""
    row = Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>')
    return row.format(style, x, y, max(width, 0.0), height)


def line(start: tuple[float, float], end: tuple[float, float], style: str) -> Markup:
    """A straight line."""
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(style, *start, *end)


def dot(x: float, y: float, style: str) -> Markup:
    """A point of a curve."""
    return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3"/>').format(style, x, y)


def polyline(points: Iterable[tuple[float, float]], style: str) -> Markup:
    """A curve through points."""
    return Markup('<polyline class="{}" points="{}"/>').format(style, " ".join(f"{x:.1f},{y:.1f}" for x, y in points))


def domain_style(domain: str) -> str:
    """The colour of a domain; grey for the whole."""
    return domain if domain in DOMAINS else "none"
