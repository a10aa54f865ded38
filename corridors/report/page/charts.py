"""Small charts as SVG that stands in the page itself.

Colours are those of Okabe and Ito (2008); what they tell apart differs in form as well.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.report.page.markup import Html, element

__all__ = ["bar", "bar_axis", "histogram", "line_chart", "nice_steps"]

FloatArray = NDArray[np.float64]

BLUE, ORANGE, INK, SOFT, LINE = "#0072b2", "#d55e00", "#24241f", "#5d5b52", "#d9d4c5"
BAR_WIDTH, BAR_HEIGHT, AXIS_HEIGHT = 220, 16, 18
CHART_WIDTH, CHART_HEIGHT = 330, 150
# Columns of a histogram between two labels.
BINS = 5


def nice_steps(greatest: float, *, about: int = 4) -> list[float]:
    """Return round numbers from 0 up to the first that is not below the greatest value.

    Examples
    --------
    >>> nice_steps(0.45)
    [0.0, 0.2, 0.4, 0.6]
    >>> nice_steps(0.0)
    [0.0, 1.0]
    """
    if not (math.isfinite(greatest) and greatest > 0):
        return [0.0, 1.0]
    rough = greatest / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    count = math.ceil(greatest / step - 1e-9)
    return [round(number * step, 12) for number in range(count + 1)]


def bar(value: float, low: float, high: float, most: float, *, colour: str = BLUE) -> Html:
    """Return a bar from 0 with a whisker for its interval.

    Parameters
    ----------
    value, low, high
        In the units of the axis; an end that is NaN draws no whisker.
    most
        Where the axis ends.
    colour
        Of the bar.
    """

    def place(number: float) -> float:
        return round(min(max(number / most, 0.0), 1.0) * (BAR_WIDTH - 2) + 1, 2)

    middle = BAR_HEIGHT / 2
    parts = [
        element("rect", x=1, y=3, width=BAR_WIDTH - 2, height=BAR_HEIGHT - 6, fill="#ece8dc"),
        element(
            "rect", x=1, y=3, width=round(place(value) - 1, 2), height=BAR_HEIGHT - 6, fill=colour,
            fill_opacity=0.75,
        ),
    ]  # fmt: skip
    if math.isfinite(low) and math.isfinite(high):
        ends = place(low), place(high)
        # White beneath, so that it is seen on the bar and off it.
        parts += [_line(ends[0], middle, ends[1], middle, "#ffffff", 3.4)]
        parts += [_line(ends[0], middle, ends[1], middle, INK, 1.5)]
        parts += [_line(end, 4, end, BAR_HEIGHT - 4, INK, 1.5) for end in ends]
    return _svg(BAR_WIDTH, BAR_HEIGHT, *parts, class_="bar", aria_hidden="true")


def bar_axis(most: float, steps: Sequence[float]) -> Html:
    """Return the axis of a column of bars, in percent."""
    parts = []
    for step in steps:
        x = round(step / most * (BAR_WIDTH - 2) + 1, 2)
        anchor = "start" if step == steps[0] else "end" if step == steps[-1] else "middle"
        parts += [_line(x, 0, x, 4, SOFT), _text(x, 14, f"{100 * step:g}%", anchor)]
    rule = _line(1, 0.5, BAR_WIDTH - 1, 0.5, SOFT)
    return _svg(BAR_WIDTH, AXIS_HEIGHT, rule, *parts, class_="bar", aria_hidden="true")


def line_chart(
    x: FloatArray,
    lines: Sequence[tuple[str, FloatArray]],
    *,
    title: str,
    x_title: str,
    marked: float | None = None,
) -> Html:
    """Return up to two lines of shares over a count: the first drawn through, the second dashed.

    Parameters
    ----------
    x
        Counts, ascending.
    lines
        The name of each line and its shares; NaN leaves a point out.
    title
        For those who hear the page.
    x_title
        Under the axis.
    marked
        A count where the first line is ringed.
    """
    every = np.concatenate([values[np.isfinite(values)] for _, values in lines] or [np.empty(0)])
    if not len(x) or not len(every):
        return Html()
    y_steps, x_steps = nice_steps(float(every.max())), nice_steps(float(x.max()))
    left, right, top, bottom = 36, 20, 6, 32
    width, height = CHART_WIDTH - left - right, CHART_HEIGHT - top - bottom

    def at(a: float, b: float) -> tuple[float, float]:
        return (
            round(left + a / x_steps[-1] * width, 2),
            round(top + (1 - b / y_steps[-1]) * height, 2),
        )

    parts = []
    for step in y_steps:
        y = at(0, step)[1]
        parts += [
            _line(left, y, left + width, y, LINE),
            _text(left - 5, y + 3.5, f"{100 * step:g}%", "end"),
        ]
    for step in x_steps:
        parts.append(_text(at(step, 0)[0], top + height + 13, f"{step:,.0f}", "middle"))
    parts.append(_text(left + width / 2, CHART_HEIGHT - 4, x_title, "middle"))
    # The second has smaller dots, so that both are seen where they are one.
    looks = ((BLUE, None, 3.4), (ORANGE, "5 3", 1.8))
    for (_, values), (colour, dash, radius) in zip(lines, looks, strict=False):
        known = np.isfinite(values)
        points = [at(a, b) for a, b in zip(x[known], values[known], strict=True)]
        path = " ".join(f"{a},{b}" for a, b in points)
        parts.append(
            element(
                "polyline",
                points=path,
                fill="none",
                stroke=colour,
                stroke_width=2,
                stroke_dasharray=dash,
            )
        )
        parts += [element("circle", cx=a, cy=b, r=radius, fill=colour) for a, b in points]
    rings = [at(a, b) for a, b in zip(x, lines[0][1], strict=True) if a == marked]
    parts += [_ring(a, b) for a, b in rings]
    chart = _svg(
        CHART_WIDTH, CHART_HEIGHT, element("title", title), *parts, class_="chart", role="img"
    )
    keys = [
        element("span", _key(colour, dash), " ", name, class_="key")
        for (name, _), (colour, dash, _) in zip(lines, looks, strict=False)
    ]
    return element("figure", chart, element("figcaption", *keys), class_="chart")


def histogram(values: FloatArray, *, title: str) -> Html:
    """Return how values spread, as columns whose heights are shares of all.

    Parameters
    ----------
    values
        At least one, none below 0.
    title
        Above the chart: what is counted, and its unit.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return Html()
    labels = nice_steps(float(known.max()))
    steps = np.linspace(0, labels[-1], BINS * (len(labels) - 1) + 1)
    heights = np.histogram(known, steps)[0] / len(known)
    left, right, top, bottom = 8, 24, 4, 24
    width, height = CHART_WIDTH - left - right, CHART_HEIGHT - 40 - top - bottom
    each = width / len(heights)
    parts = [
        element(
            "rect", x=round(left + number * each + 0.75, 2), width=round(each - 1.5, 2),
            y=round(top + (1 - tall) * height, 2), height=round(tall * height, 2), fill=BLUE,
            fill_opacity=0.75,
        )
        for number, tall in enumerate(heights / heights.max())
        if tall
    ]  # fmt: skip
    parts.append(_line(left, top + height, left + width, top + height, SOFT))
    for label in labels:
        x = round(left + label / labels[-1] * width, 2)
        parts += [_line(x, top + height, x, top + height + 4, SOFT)]
        parts += [_text(x, top + height + 19, f"{label:,g}", "middle")]
    chart = _svg(
        CHART_WIDTH, CHART_HEIGHT - 40, element("title", title), *parts, class_="chart", role="img"
    )
    return element("figure", element("figcaption", title), chart, class_="chart")


def _key(colour: str, dash: str | None) -> Html:
    stroke = {"stroke": colour, "stroke_width": 2.5, "stroke_dasharray": dash}
    return _svg(24, 10, element("line", x1=0, y1=5, x2=24, y2=5, **stroke), aria_hidden="true")


def _ring(x: float, y: float) -> Html:
    return element("circle", cx=x, cy=y, r=7, fill="none", stroke=INK, stroke_width=1.5)


def _svg(width: float, height: float, *parts: str, **attributes: object) -> Html:
    return element(
        "svg", *parts, viewBox=f"0 0 {width:g} {height:g}", width=width, height=height, **attributes
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> Html:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width)


def _text(x: float, y: float, text: str, anchor: str) -> Html:
    return element("text", text, x=x, y=y, text_anchor=anchor)
