"""A small wiki that changes: edits, moves, deletions, undeletions, with recent changes that end, as MediaWiki has them."""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from wiki_server import Asked, Reply

Json = dict[str, Any]


@dataclass(frozen=True)
class Article:
    """One page as it is now."""

    pageid: int
    title: str
    text: str
    revid: int
    timestamp: str
    model: str = "wikitext"

    @property
    def ns(self) -> int:
        spaces = {"Talk": 1, "User": 2, "Category": 14, "Draft": 118, "Module": 828}
        return spaces.get(self.title.partition(":")[0], 0) if ":" in self.title else 0

    @property
    def target(self) -> str | None:
        found = re.match(r"#REDIRECT \[\[([^\]]+)\]\]", self.text)
        return found[1] if found else None

    @property
    def categories(self) -> list[str]:
        return re.findall(r"\[\[(Category:[^\]|]+)\]\]", self.text)


@dataclass
class SmallWiki:
    """The wiki. `most` is the length of a list in one answer, `values` how many values of a parameter it takes."""

    paths: tuple[str, ...] = ("/w/api.php",)
    most: int = 500
    values: int = 50
    lags: int = 0
    keeps_days: int = 90
    licence: str = "https://creativecommons.org/licenses/by-sa/4.0/"
    content_limit: int = 8_000_000
    address: str = ""
    log: list[Asked] = field(default_factory=list)
    articles: dict[int, Article] = field(default_factory=dict)
    deleted: dict[str, Article] = field(default_factory=dict)
    changes: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    clock: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    hidden: set[int] = field(default_factory=set)
    broken: Callable[[Mapping[str, str]], Reply | None] = lambda _params: None
    last_page: int = 0
    last_revision: int = 100

    # what people do

    def days_pass(self, days: float) -> None:
        self.clock += timedelta(days=days)

    def write(self, title: str, text: str, model: str = "wikitext") -> Article:
        """Makes a page, or edits it."""
        old = self.at(title)
        article = self._put(Article(old.pageid if old else self._new_page(), title, text, self._new_revision(), self._now(), model))
        self._change("edit" if old else "new", article)
        return article

    def move(self, title: str, to: str, redirect: bool = True) -> None:
        old = self._require(title)
        moved = self._put(replace(old, title=to, revid=self._new_revision(), timestamp=self._now()))
        params = {"target_ns": moved.ns, "target_title": to, "suppressredirect": not redirect}
        if redirect:
            self._put(Article(self._new_page(), title, f"#REDIRECT [[{to}]]", self._new_revision(), self._now()))
        self._event("move", "move", old, params)

    def delete(self, title: str) -> None:
        gone = self._require(title)
        del self.articles[gone.pageid]
        self.deleted[title] = gone
        self._event("delete", "delete", gone, {})

    def undelete(self, title: str) -> None:
        back = self._put(self.deleted.pop(title))
        self._event("delete", "restore", back, {"count": {"revisions": 1}})

    def at(self, title: str) -> Article | None:
        return next((article for article in self.articles.values() if article.title == title), None)

    # what it was asked

    def asked(self, **params: str) -> list[Asked]:
        return [asked for asked in self.log if params.items() <= asked.params.items()]

    def texts_asked(self) -> list[str]:
        """Page ids whose text was asked for, one by one."""
        texts = [asked.params["pageid"] for asked in self.asked(action="parse")]
        for asked in self.log:
            if "content" in asked.params.get("rvprop", ""):
                texts += asked.params["pageids"].split("|")
        return texts

    # the API

    def reply(self, params: Mapping[str, str]) -> Reply:
        if self.lags:
            self.lags -= 1
            lag = {"error": {"code": "maxlag", "info": "Waiting for db1: 9 seconds lagged.", "lag": 9}}
            return Reply(json.dumps(lag).encode(), headers={"Retry-After": "1", "MediaWiki-API-Error": "maxlag"})
        if (broken := self.broken(params)) is not None:
            return broken
        try:
            answer = self._parse(params) if params.get("action") == "parse" else self._query(params)
        except _Refused as refused:
            answer = {"error": refused.args[0]}
        return Reply(json.dumps(answer, ensure_ascii=False).encode(), headers={"Content-Type": "application/json; charset=utf-8"})

    def _query(self, params: Mapping[str, str]) -> Json:
        if params.get("meta") == "siteinfo":
            return {"batchcomplete": True, "curtimestamp": self._now(), "query": self._siteinfo()}
        if params.get("list") == "recentchanges":
            return self._part(params, "rccontinue", "recentchanges", self._recent(params), "rclimit")
        if params.get("list") == "logevents":
            events = [event for event in reversed(self.events) if event["title"] == params["letitle"]]
            return {"batchcomplete": True, "query": {"logevents": events}}
        if "generator" in params:
            found = self._part(params, "gcontinue", "pages", self._generated(params), "gaplimit" if "gaplimit" in params else "gcmlimit")
            found["query"]["pages"] = [self._facts(article, params) for article in found["query"]["pages"]]
            return found if found["query"]["pages"] else {"batchcomplete": True}
        return self._looked_up(params)

    def _part(self, params: Mapping[str, str], name: str, kind: str, entries: list[Any], limit: str) -> Json:
        start = int(params.get(name, "0"))
        most = self.most if params[limit] == "max" else min(self.most, int(params[limit]))
        answer: Json = {"batchcomplete": True, "query": {kind: entries[start : start + most]}}
        if start + most < len(entries):
            answer["continue"] = {name: str(start + most), "continue": "-||"}
        return answer

    def _siteinfo(self) -> Json:
        spaces = {"0": {"id": 0, "name": "", "content": True}, "14": {"id": 14, "name": "Category", "canonical": "Category"}}
        general = {"sitename": "Small Wiki", "server": self.address, "articlepath": "/wiki/$1", "time": self._now()}
        return {"general": general, "namespaces": spaces, "rightsinfo": {"url": self.licence, "text": "as it says"}}

    def _recent(self, params: Mapping[str, str]) -> list[Json]:
        oldest = _form(self.clock - timedelta(days=self.keeps_days))
        start = max(params.get("rcstart", ""), oldest)
        kinds = params.get("rctype", "edit|new|log").split("|")
        return [change for change in self.changes if change["timestamp"] >= start and change["type"] in kinds]

    def _generated(self, params: Mapping[str, str]) -> list[Article]:
        everything = sorted(self.articles.values(), key=lambda article: article.title)
        if params["generator"] == "allpages":
            wanted = int(params["gapnamespace"])
            redirects = params.get("gapfilterredir") != "nonredirects"
            return [article for article in everything if article.ns == wanted and (redirects or article.target is None)]
        if "[" in params["gcmtitle"]:
            raise _Refused({"code": "invalidcategory", "info": "The category name you entered is not valid."})
        members = [article for article in everything if params["gcmtitle"] in article.categories]
        return [article for article in members if "subcat" in params["gcmtype"] or article.ns != 14]

    def _looked_up(self, params: Mapping[str, str]) -> Json:
        name = "titles" if "titles" in params else "pageids"
        values = params[name].split("|")
        if len(values) > self.values:
            raise _Refused({"code": "toomanyvalues", "info": f"The limit is {self.values}.", "limit": self.values})
        query: Json = {"pages": []}
        found: list[Json] = []
        for value in dict.fromkeys(values):
            if name == "pageids":
                article = self.articles.get(int(value))
                found.append(self._facts(article, params) if article else {"pageid": int(value), "missing": True})
            else:
                found.append(self._titled(value, params, query))
        query["pages"] = list({(page.get("pageid"), page.get("title")): page for page in found if page}.values())
        return self._within_limit(query)

    def _titled(self, value: str, params: Mapping[str, str], query: Json) -> Json:
        title = value.replace("_", " ").strip()
        title = title[:1].upper() + title[1:]
        if "[" in title:
            return {"title": value, "invalid": True, "invalidreason": 'it has a "["'}
        if title != value:
            query.setdefault("normalized", []).append({"fromencoded": False, "from": value, "to": title})
        for _ in range(3 if "redirects" in params else 0):
            article = self.at(title)
            if article and article.target:
                query.setdefault("redirects", []).append({"from": title, "to": article.target})
                title = article.target
        if title.startswith("De:"):
            query.setdefault("interwiki", []).append({"title": title, "iw": "de"})
            return {}
        if title.startswith("Special:"):
            return {"ns": -1, "title": title, "special": True}
        article = self.at(title)
        return self._facts(article, params) if article else {"ns": 0, "title": title, "missing": True}

    def _within_limit(self, query: Json) -> Json:
        """Leaves out texts above the wiki's limit, with a warning, and does not say how to go on where only one was asked for."""
        answer: Json = {"batchcomplete": True, "query": query}
        size = 0
        for page in query["pages"]:
            size += len(str(page.get("revisions", "")))
            if size > self.content_limit:
                page["revisions"] = []
                answer["warnings"] = {"result": {"warnings": f"This result was truncated: larger than {self.content_limit} bytes."}}
        return answer

    def _facts(self, article: Article, params: Mapping[str, str]) -> Json:
        facts: Json = {"pageid": article.pageid, "ns": article.ns, "title": article.title}
        if "info" in params["prop"]:
            facts |= {"contentmodel": article.model, "lastrevid": article.revid, "length": len(article.text)}
            facts |= {"redirect": True} if article.target else {}
        if "pageprops" in params["prop"] and "{{disambiguation}}" in article.text:
            facts["pageprops"] = {"disambiguation": ""}
        if "revisions" in params["prop"]:
            facts["revisions"] = [self._revision(article, params)]
        return facts

    def _revision(self, article: Article, params: Mapping[str, str]) -> Json:
        revision: Json = {"revid": article.revid, "parentid": 0, "timestamp": article.timestamp}
        if "content" in params["rvprop"]:
            hidden = article.pageid in self.hidden
            slot = {"texthidden": True} if hidden else {"contentmodel": article.model, "content": article.text}
            revision["slots"] = {"main": slot}
        return revision

    def _parse(self, params: Mapping[str, str]) -> Json:
        article = self.articles.get(int(params["pageid"]))
        if article is None:
            raise _Refused({"code": "nosuchpageid", "info": f"There is no page with ID {params['pageid']}."})
        if article.pageid in self.hidden:
            raise _Refused({"code": "permissiondenied", "info": "You don't have permission to view deleted revision text."})
        paragraphs = "".join(_rendered(line) for line in re.sub(r"\[\[Category:[^\]]+\]\]", "", article.text).split("\n") if line)
        text = f'<div class="mw-parser-output">{paragraphs}</div>'
        return {"parse": {"title": article.title, "pageid": article.pageid, "revid": article.revid, "text": text}}

    # what happens within

    def _put(self, article: Article) -> Article:
        self.articles[article.pageid] = article
        return article

    def _require(self, title: str) -> Article:
        found = self.at(title)
        assert found is not None, f"there is no page {title!r}"
        return found

    def _change(self, kind: str, article: Article, **more: Any) -> None:
        entry = {"type": kind, "ns": article.ns, "title": article.title, "pageid": article.pageid, "revid": article.revid}
        self.changes.append({**entry, "timestamp": self._now(), **more})

    def _event(self, kind: str, action: str, article: Article, params: Json) -> None:
        self._change("log", article, logtype=kind, logaction=action, logparams=params)
        self.events.append({"type": kind, "action": action, "title": article.title, "params": params, "timestamp": self._now()})

    def _new_page(self) -> int:
        self.last_page += 1
        return self.last_page

    def _new_revision(self) -> int:
        self.last_revision += 1
        return self.last_revision

    def _now(self) -> str:
        return _form(self.clock)


class _Refused(Exception):
    """A question that the API refuses."""


def _form(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rendered(line: str) -> str:
    if heading := re.fullmatch(r"== (.+) ==", line):
        return f'<div class="mw-heading mw-heading2"><h2 id="x">{heading[1]}</h2></div>'
    return f"<p>{html.escape(line)}</p>"


def fill(wiki: SmallWiki, texts: Mapping[str, str] | Iterable[str]) -> SmallWiki:
    """Writes pages, a day before anything else happens."""
    for title in texts:
        wiki.write(title, texts[title] if isinstance(texts, Mapping) else f"{title} is a page of the small wiki.")
        wiki.clock += timedelta(seconds=1)
    wiki.days_pass(1)
    return wiki
