"""What stands beside the paragraphs of a page and belongs to them: captions, comments under answers, authors of posts."""

import pytest
from captured_items import item

from curation.extract import extract

FIRST = "The ferry was built in the year of the flood, and it has carried salt, goats and strangers ever since."
SECOND = "Whoever crosses on it at night must pay for three, and nobody in the town can say any longer who the third was."
THIRD = "The price was never changed, although the council met about it twice in every winter, and once in the summer of the war."


def text_of(body: str) -> str:
    return extract(item(f"<html><body><article>{body}</article></body></html>", "text/html")).text


@pytest.mark.parametrize(
    ("caption", "kept"),
    [
        ("The crack was photographed by A. Lund in the winter of 1911.", True),
        ("Photo: A. Lund/Harbour Pictures", False),
        ("The ferry.", False),
        ('<a href="/x">The crack was photographed by A. Lund in the winter of 1911.</a>', False),
    ],
)
def test_a_caption_that_is_a_sentence_stays_where_its_picture_stood(caption: str, kept: bool) -> None:
    figure = f"<figure><img src='a.png'><figcaption>{caption}</figcaption></figure>"
    paragraphs = [FIRST, *([caption] if kept else []), SECOND, THIRD]
    assert text_of(f"<p>{FIRST}</p>{figure}<p>{SECOND}</p><p>{THIRD}</p>") == "\n\n".join(paragraphs)


def test_an_author_who_is_only_a_link_stays_where_the_others_stay() -> None:
    def post(author: str, words: str) -> str:
        return f'<div class="entry"><div class="userinfo"><a>{author}</a></div><div class="content">{words}</div></div>'

    thread = (
        post("crusty</a> <span>12 posts</span><a>", FIRST) + post("mitt</a> <span>3041 posts</span><a>", SECOND) + post("rye_guy", THIRD)
    )
    assert f"rye_guy\n\n{THIRD}" in text_of(thread)


def test_comments_under_answers_stay_in_their_place() -> None:
    thread = (
        f'<div class="question"><div class="post-text"><p>{FIRST}</p></div></div>'
        f'<div class="answer"><div class="vote">31</div><div class="post-text"><p>{SECOND}</p></div>'
        '<div class="comments"><div class="comment"><span class="comment-copy">Works for nylon too.</span> ines, Jan 4</div></div></div>'
        f'<div class="answer"><div class="post-text"><p>{THIRD}</p></div><div class="comment">But slowly.</div></div>'
    )
    assert text_of(thread) == f"{FIRST}\n\n{SECOND}\n\nWorks for nylon too.\n\n{THIRD}\n\nBut slowly."
