"""What commands and environments of LaTeX are to the reader of text: sections, formulas, words, or nothing."""

from curation.extract.accents import LETTERS
from curation.extract.citations import CITATIONS
from curation.extract.elements import names

SECTIONS = {"part": "#", "chapter": "#", "section": "##", "subsection": "###", "subsubsection": "####", "paragraph": "#####"}
MATH = names("equation align gather multline eqnarray displaymath math alignat flalign xymatrix tikzcd mathpar split aligned array cases")
FLOATS = names(
    "figure table algorithm wrapfigure wraptable subfigure sidewaystable sidewaysfigure longtable deluxetable SCfigure listing "
    "supertabular marginfigure margintable"
)
"""Environments of which only captions are kept."""
DROPPED_ENVIRONMENTS = names(
    "tikzpicture thebibliography tabular tabularx acknowledgements acknowledgments keywords CCSXML picture pspicture algorithmic comment "
    "filecontents"
)
PARAGRAPHS = names("abstract proof quote quotation itemize enumerate description center")
"""Environments that stand apart from what is before and behind them."""
DROPPED_ARGUMENTS = names(
    "label index indexdef indexsee indexfoot vspace hspace includegraphics bibliography bibliographystyle input include usepackage "
    "documentclass newcommand renewcommand providecommand def let newtheorem setlength addtolength setcounter addtocounter pagestyle "
    "thispagestyle hypersetup author affiliation affil institute email date thanks address orcid orcidlink tableofcontents "
    "markboth markright vskip addcontentsline graphicspath DeclareMathOperator phantomsection hypertarget hfuzz refstepcounter "
    "setcitestyle symlabel nameref sectionrefs defcitealias software facilities facility bibitem pagenumbering ednote "
    "correspondingauthor altaffiliation altaffilmark altaffiltext keywords acks Crefrange crefrange hyphenation definecolor color "
    "titleformat titlespacing newenvironment renewenvironment theoremstyle numberwithin captionsetup todo fixme marginpar shorttitle "
    "shortauthors slugcomment received accepted submitted journal lstset setlist enlargethispage titlerunning authorrunning runninghead "
    "pacs subjclass fancyhead fancyfoot rule settowidth allowdisplaybreaks DeclareGraphicsExtensions urlstyle pgfplotsset usetikzlibrary"
)
LENGTHS = names(
    "itemsep parskip parindent topsep parsep partopsep baselineskip textwidth textheight leftmargin tabcolsep arraystretch hsize "
    "columnwidth linewidth abovecaptionskip belowcaptionskip"
)
"""Lengths, which may be followed by what they are set to."""
SECOND_ARGUMENT = names("href hyperref texorpdfstring textcolor colorbox scalebox raisebox parbox")
WORDS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "LaTeX": "LaTeX", "TeX": "TeX", "textbackslash": "\\", "textasciitilde": "~",
    "S": "§", "copyright": "©", "textregistered": "®", "texttrademark": "™", "textendash": "–", "textemdash": "—", "item": "\n- ",
    "par": "\n\n", "newline": "\n", "quad": " ", "qquad": " ", "textquotesingle": "'", "textbar": "|", "textgreater": ">",
    "textless": "<", "slash": "/", "pounds": "£", "euro": "€", "deg": "°", "textdegree": "°", "BibTeX": "BibTeX", "qedhere": "",
    "maketitle": "", "ie": "i.e.", "eg": "e.g.", "etc": "etc.", "appendix": "", "textunderscore": "_", **LETTERS,
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
