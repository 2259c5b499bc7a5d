"""What commands and environments of LaTeX are to the reader of text: sections, formulas, words, or nothing."""

from curation.extract.accents import LETTERS
from curation.extract.citations import CITATIONS
from curation.extract.elements import names

SECTIONS = {
    "title": "#", "part": "#", "chapter": "#", "section": "##", "subsection": "###", "subsubsection": "####", "paragraph": "#####",
}  # fmt: skip
FLOATS = names(
    "figure table algorithm wrapfigure wraptable subfigure sidewaystable sidewaysfigure SCfigure listing marginfigure margintable"
)
"""Environments of which only captions and tables are kept."""
DROPPED_ENVIRONMENTS = names(
    "tikzpicture thebibliography acknowledgements acknowledgments keywords CCSXML picture pspicture algorithmic comment filecontents"
)
LISTINGS = names("lstlisting minted Verbatim")
"""Code that may begin with options."""
LISTS = dict.fromkeys(names("itemize description compactitem asparaitem compactdesc trivlist"), "-") | dict.fromkeys(
    names("enumerate compactenum asparaenum"), "1."
)
"""Lists, with what the mark of an item looks like."""
ARGUMENTS = {
    "minipage": 1,
    "multicols": 1,
    "adjustwidth": 2,
    "spacing": 1,
    "adjustbox": 1,
    "otherlanguage": 1,
    "list": 2,
    "boxedminipage": 1,
}
"""Arguments of environments that say how they look."""
PARAGRAPHS = names("abstract proof quote quotation center minipage")
"""Environments that stand apart from what is before and behind them."""
DROPPED_ARGUMENTS = names(
    "label index indexdef indexsee indexfoot vspace hspace includegraphics bibliography bibliographystyle input include usepackage "
    "documentclass newcommand renewcommand providecommand def let newtheorem setlength addtolength setcounter addtocounter pagestyle "
    "thispagestyle hypersetup author affiliation affil institute email date thanks address orcid orcidlink tableofcontents "
    "markboth markright addcontentsline graphicspath DeclareMathOperator phantomsection hypertarget hfuzz refstepcounter "
    "setcitestyle symlabel nameref sectionrefs defcitealias software facilities facility bibitem pagenumbering ednote "
    "correspondingauthor altaffiliation altaffilmark altaffiltext keywords acks Crefrange crefrange hyphenation definecolor color "
    "titleformat titlespacing newenvironment renewenvironment theoremstyle numberwithin captionsetup todo fixme marginpar shorttitle "
    "shortauthors slugcomment received accepted submitted journal lstset setlist enlargethispage titlerunning authorrunning runninghead "
    "pacs subjclass fancyhead fancyfoot rule settowidth allowdisplaybreaks DeclareGraphicsExtensions urlstyle pgfplotsset usetikzlibrary "
    "newcolumntype phantom hphantom vphantom tnote tablenotemark selectlanguage tablehead tablefirsthead tabletail tablelasttail "
    "includepdf includesvg includestandalone lstinputlisting verbatiminput inputminted"
)
SKIPS = names("kern mkern hskip vskip mskip")
"""Empty space, of the length that follows."""
BOXES = names("hbox vbox vtop")
"""Boxes, which may be told their size."""
LENGTHS = names(
    "itemsep parskip parindent topsep parsep partopsep baselineskip textwidth textheight leftmargin tabcolsep arraystretch hsize "
    "columnwidth linewidth abovecaptionskip belowcaptionskip"
)
"""Lengths, which may be followed by what they are set to."""
SECOND_ARGUMENT = names("href hyperref texorpdfstring textcolor colorbox scalebox raisebox parbox rotatebox foreignlanguage")
THIRD_ARGUMENT = names("resizebox fcolorbox multicolumn multirow")
"""Commands of which the last argument is text."""
WORDS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "LaTeX": "LaTeX", "TeX": "TeX", "textbackslash": "\\", "textasciitilde": "~",
    "S": "§", "copyright": "©", "textregistered": "®", "texttrademark": "™", "textendash": "–", "textemdash": "—",
    "par": "\n\n", "newline": "\n", "quad": " ", "qquad": " ", "textquotesingle": "'", "textbar": "|", "textgreater": ">",
    "textless": "<", "textquotedblleft": '"', "textquotedblright": '"', "textquoteleft": "‘", "textquoteright": "’", "textbullet": "•",
    "texttimes": "×", "textmu": "µ", "textasciicircum": "^", "textperiodcentered": "·",
    "slash": "/", "pounds": "£", "euro": "€", "deg": "°", "textdegree": "°", "BibTeX": "BibTeX", "qedhere": "",
    "checkmark": "✓", "cmark": "✓", "xmark": "✗", "nodata": "…", "maketitle": "",
    "ie": "i.e.", "eg": "e.g.", "etc": "etc.", "appendix": "", "textunderscore": "_", **LETTERS,
}  # fmt: skip
LAYOUT = names(
    "noindent centering hfill hfil vfill vfil break linebreak pagebreak newpage clearpage cleardoublepage protect relax nobreak allowbreak "
    "nolinebreak nopagebreak bigskip medskip smallskip smallbreak medbreak bigbreak strut null space indent unskip ignorespaces leavevmode "
    "sloppy raggedright raggedleft raggedbottom flushbottom normalfont rmfamily sffamily ttfamily bfseries mdseries itshape slshape "
    "scshape upshape it em bf rm sf tt sc sl tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge xspace hline cline "
    "toprule midrule bottomrule footnotemark protect ref enspace enskip thinspace negthinspace dotfill hrulefill nonumber notag qed "
    "endgroup begingroup bgroup egroup makeatletter makeatother mainmatter frontmatter backmatter onecolumn twocolumn singlespacing "
    "doublespacing onehalfspacing selectfont displaystyle textstyle left right big Big today printbibliography printindex listoffigures "
    "listoftables balance balancecolumns hss llap rlap inst and"
)
"""Commands that say how text looks."""
DEFINED = DROPPED_ARGUMENTS | CITATIONS | frozenset(SECTIONS) | names("begin end item caption footnote title emph textbf ref eqref cref")
"""Commands that stay what they are, whatever an author makes of their look."""
