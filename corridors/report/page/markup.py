"""HTML that is safe by the way it is made: only what `element` returns is taken as it is."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Column", "Html", "element", "joined", "listing", "paragraphs", "section", "table"]

# Elements that hold nothing and are not closed.
VOID = frozenset({"img", "meta"})


class Html(str):
    """Text that is HTML already; any other text is escaped where it is put into an element."""

    __slots__ = ()


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    title
        Its head.
    kind
        A class of the page's style: ``number`` is set flush right, ``bar`` holds a picture.
    """

    title: str
    kind: str = ""


def element(tag: str, *parts: str, **attributes: object) -> Html:
    """Return an element; parts and attributes that are plain text are escaped.

    Parameters
    ----------
    tag
        Its name.
    parts
        What it holds.
    attributes
        A trailing underscore is dropped (``class_``), others become hyphens (``stroke_width``);
        those that are None or empty are left out.

    Examples
    --------
    >>> element("p", "a < b ", element("b", "really"), class_="wide")
    '<p class="wide">a &lt; b <b>really</b></p>'
    """
    written = "".join(
        f' {name.removesuffix("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value != ""
    )
    if tag in VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{joined(parts)}</{tag}>")


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Return parts as one; those that are plain text are escaped."""
    return Html(
        between.join(part if isinstance(part, Html) else html.escape(part) for part in parts)
    )


def paragraphs(sentences: Iterable[str], *, kind: str = "") -> Html:
    """Return one paragraph for each text that is not empty."""
    return joined(element("p", text, class_=kind) for text in sentences if text)


def listing(items: Iterable[str], *, kind: str = "") -> Html:
    """Return a list, or nothing where there are no items."""
    found = [element("li", item, dir="auto") for item in items]
    return element("ul", *found, class_=kind) if found else Html()


def section(title: str, *parts: str, kind: str = "") -> Html:
    """Return a section under a heading, or nothing where there is nothing in it."""
    if not any(parts):
        return Html()
    return element("section", element("h2", title), *parts, class_=kind)


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    foot: Sequence[str] = (),
    whole: bool = False,
) -> Html:
    """Return a table whose first column names its rows, or nothing where there are no rows.

    Parameters
    ----------
    caption
        What the table tells.
    columns
        Their heads.
    rows
        Cells, as many in each row as there are columns.
    foot
        A last row, such as the axis of a column of bars.
    whole
        Whether it is short enough to be kept on one sheet of paper.
    """
    lines = [_row(columns, row) for row in rows]
    if not lines:
        return Html()
    heads = [element("th", column.title, scope="col", class_=column.kind) for column in columns]
    drawn = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", *lines),
        element("tfoot", _row(columns, foot)) if foot else Html(),
        class_="whole" if whole else "",
    )
    # A small screen scrolls the table and not the page.
    return element("div", drawn, class_="scroll")


def _row(columns: Sequence[Column], cells: Sequence[str]) -> Html:
    told = [
        element("td", cell, class_=column.kind)
        if number
        else element("th", cell, scope="row", dir="auto", class_=column.kind)
        for number, (column, cell) in enumerate(zip(columns, cells, strict=True))
    ]
    return element("tr", *told)
