"""Makes matplotlib's SVG small, deterministic and fit to be laid into a page.

No XML head, no style sheet that would reach the whole page, styles as attributes (a page may recolour them by
[fill="#1b3f88"]), coordinates of two decimals, ids only where something refers to them and unique per chart.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

from analysis import words
from analysis.charts.alt import say
from analysis.charts.facts import Facts
from analysis.charts.fonts import FAMILY

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
_NO_TURN = re.compile(r"rotate\(-?0(?:\.0+)? [^)]*\)")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DEFAULTS = {("stroke-width", "1"), ("text-anchor", "start"), ("stroke-linejoin", "round"), ("opacity", "1")}


def tidy(raw: str, chart: Facts, variant: str, told: Sequence[tuple[float, float, str]] = ()) -> str:
    """The finished SVG text of a chart from what matplotlib wrote, and an unseen mark with its text for each value told."""
    root = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", raw, count=1, flags=re.DOTALL))
    _drop_junk(root)
    for element in root.iter():
        _attributes(element)
    _drop_ids(root, variant)
    _flatten(root)
    if told:
        root.append(_marks(told))
    box = root.get("viewBox", "0 0 760 400").split()
    root.attrib.clear()
    root.attrib.update(_root_attributes(chart, box[2], box[3]))
    text = ElementTree.tostring(root, encoding="unicode")
    text = text.replace("ns0:", "").replace("xmlns:ns0=", "xmlns=")
    return re.sub(r">\s+<", "><", text) + "\n"


def _marks(told: Sequence[tuple[float, float, str]]) -> ElementTree.Element:
    """A ring without a stroke around each value: viewers show its title, pages its text and its outline."""
    group = ElementTree.Element(f"{{{_SVG}}}g", {"class": "values", "fill": "none", "pointer-events": "all"})
    for x, y, text in told:
        ring = ElementTree.SubElement(
            group, f"{{{_SVG}}}circle", {"cx": f"{x:.0f}", "cy": f"{y:.0f}", "r": "8"}
        )
        ElementTree.SubElement(ring, f"{{{_SVG}}}title").text = text
    return group


def _root_attributes(chart: Facts, width: str, height: str) -> dict[str, str]:
    return {
        "width": width,
        "height": height,
        "viewBox": f"0 0 {width} {height}",
        "role": "img",
        "aria-label": say("headed", chart.language, head=chart.title, said=chart.alt),
        "lang": words.tag(chart.language),
        "class": "chart",
        "font-family": f"'{FAMILY}', sans-serif",
        "stroke-linejoin": "round",
    }


def _drop_junk(root: ElementTree.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            name = child.tag.rsplit("}", 1)[-1]
            if name in ("metadata", "style") or (name == "path" and _invisible(child)):
                parent.remove(child)


def _invisible(path: ElementTree.Element) -> bool:
    """A path without stroke and fill: the background of the figure and of the axes."""
    return path.get("style", "").replace(" ", "").rstrip(";") in ("fill:none", "fill:none;stroke:none")


def _attributes(element: ElementTree.Element) -> None:
    """Styles become attributes, numbers get two decimals, links lose their namespace."""
    for part in element.attrib.pop("style", "").split(";"):
        name, _, value = part.partition(":")
        if name.strip() and name.strip() != "font-family":
            element.set(name.strip(), value.strip().removesuffix("px"))
    if _LINK in element.attrib:
        element.set("href", element.attrib.pop(_LINK))
    for name, value in list(element.attrib.items()):
        if name == "transform":
            value = _NO_TURN.sub("", value).strip()
        if name not in ("id", "href", "clip-path", "fill", "stroke"):
            value = _NUMBER.sub(_short, " ".join(value.split()))
        element.set(name, value)
        if not value or (name, value) in _DEFAULTS:
            del element.attrib[name]


def _short(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _drop_ids(root: ElementTree.Element, variant: str) -> None:
    """Keeps the ids that are referred to, numbered in their order under the chart's name: several charts share a page.

    Matplotlib's own ids are checksums of unrounded coordinates, whose last bits depend on version and processor.
    """
    names: dict[str, str] = {}

    def renamed(name: str) -> str:
        return names.setdefault(name, f"{variant}-{len(names) + 1}")

    for element in root.iter():
        if "href" in element.attrib:
            element.set("href", f"#{renamed(element.get('href', '').removeprefix('#'))}")
        if "clip-path" in element.attrib:
            clip = _REFERENCE.sub(lambda m: f"url(#{renamed(m[1])})", element.get("clip-path", ""))
            element.set("clip-path", clip)
    for element in root.iter():
        name = element.attrib.pop("id", "")
        if name.startswith("bold-"):
            element.set("font-weight", "600")
        if name in names:
            element.set("id", names[name])


def _flatten(parent: ElementTree.Element) -> None:
    """Removes empty groups and replaces groups that say nothing by what they hold."""
    children: list[ElementTree.Element] = []
    for child in list(parent):
        _flatten(child)
        group = child.tag in (f"{{{_SVG}}}g", f"{{{_SVG}}}defs")
        if group and len(child) == 0:
            continue
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            children.extend(child)
        else:
            children.append(child)
    for child in list(parent):
        parent.remove(child)
    parent.extend(children)
