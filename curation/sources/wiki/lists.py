"""The pages of categories and of whole namespaces, each list with the revisions that its pages have now."""

from collections.abc import Iterable

from curation.sources.wiki.answers import ApiError, Page, read_list
from curation.sources.wiki.api import WikiApi
from curation.sources.wiki.pages import FACTS, Bounds, Selection
from curation.sources.wiki.site import CATEGORY, Site


def pages_of_namespace(namespace: int) -> dict[str, str]:
    """The question for every page of a namespace that is no redirect."""
    return {"generator": "allpages", "gapnamespace": str(namespace), "gapfilterredir": "nonredirects", "gaplimit": "max", **FACTS}


def pages_of_category(title: str, subcategories: bool) -> dict[str, str]:
    """The question for the pages of a category, and for its subcategories where they count."""
    kinds = "page|subcat" if subcategories else "page"
    return {"generator": "categorymembers", "gcmtitle": title, "gcmtype": kinds, "gcmlimit": "max", **FACTS}


def select_namespaces(api: WikiApi, bounds: Bounds, selection: Selection) -> None:
    """Adds every page of the namespaces that is no redirect, up to the bounds. Raises FetchError and ApiError."""
    for namespace in bounds.namespaces:
        for query in api.query(pages_of_namespace(namespace)):
            selection.add(page for page in read_list(Page, query, "pages") if page.pageid)
            if len(selection.pages) > bounds.most:
                selection.cut = True
                return


def select_categories(api: WikiApi, site: Site, names: Iterable[str], bounds: Bounds, selection: Selection) -> None:
    """Adds the pages of categories and of their subcategories, each category once, so that circles end, up to the bounds.

    A category of the recipe without pages is recorded. Raises FetchError and ApiError.
    """
    level = {site.category(name): name for name in names}
    seen = set(level)
    for depth in range(bounds.depth + 1):
        below: set[str] = set()
        for title, name in sorted(level.items()):
            members = _members(api, title, subcategories=depth < bounds.depth)
            if not members and not depth:
                selection.refused[f"category:{name}"] = "has no pages: there is no such category, or it is empty"
            selection.add(page for page in members if page.ns in bounds.namespaces)
            below |= {page.title for page in members if page.ns == CATEGORY}
            if len(selection.pages) > bounds.most:
                selection.cut = True
                return
        level = {title: title for title in below - seen}
        seen |= below


def _members(api: WikiApi, title: str, subcategories: bool) -> list[Page]:
    """Pages of a category; none of a title that can be no category."""
    try:
        return [
            page for query in api.query(pages_of_category(title, subcategories)) for page in read_list(Page, query, "pages") if page.pageid
        ]
    except ApiError as error:
        if error.code == "invalidcategory":
            return []
        raise
