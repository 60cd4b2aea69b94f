"""Charts as SVG inside a page: in the page's type, in the reader's colour scheme, with ids that meet no others."""

from __future__ import annotations

import colorsys
import functools
import html
import re
from dataclasses import dataclass, field
from itertools import groupby

from analysis.charts.palette import PALETTE, PALETTE_DARK, lightness

_PROLOGUE = re.compile(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_ROOT = re.compile(r"<svg\b([^>]*)>", re.DOTALL)
_COLOUR = re.compile(r'\b(fill|stroke)="(#[0-9a-fA-F]{6})"')
_ID = re.compile(r'\s?\bid="([^"]*)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^)"]+)')
_TOLD = re.compile(r'<g class="values".*?</g>', re.DOTALL)
_UNSEEN = re.compile(
    rf'<text x="6"[^>]*font-size="10(?:\.\d)?" fill="{PALETTE["muted"]}"[^>]*>.*?</text>|<path [^>]*stroke="{PALETTE["grid"]}"[^>]*/>',
    re.DOTALL,
)
"""What a small picture does without: notes and source, which its page gives, and the lines of a grid."""
_TAG = re.compile(r"<[^>]*>")
_OWN = re.compile(r' (role|aria-label|style|lang|font-family)="[^"]*"')
"""What a drawing says of itself, and the page says of a small picture."""
_STEP = re.compile(r"([MLCz])([^MLCz]*)")
_MARK = re.compile(
    r"<(path|use|text)\b(?![^>]* id=)([^>]*?)(/>|>[^<]*(?:<tspan[^>]*>[^<]*</tspan>[^<]*)*</text>)"
)
_INHERITED = re.compile(r' (?:fill|stroke|font|text)[\w-]*="[^"]*"')
_NAMES = {colour: name for name, colour in PALETTE.items()}


@dataclass
class Colours:
    """Collects the colours that the charts of a page use, and gives the rules that turn them on a dark page."""

    used: set[str] = field(default_factory=set)

    def note(self, svg: str) -> None:
        """Remember the colours of a drawing."""
        self.used.update(colour.lower() for _, colour in _COLOUR.findall(svg))

    def rules(self) -> str:
        """Style rules for all colours met so far. Presentation attributes yield to any rule of a style sheet.

        The rules name no ancestor: what <use> draws lives in a tree of its own, where none would be found.
        """
        rules = "".join(
            f'[{name}="{colour}"]{{{name}:{dark_of(colour)}}}'
            for colour in sorted(self.used)
            for name in ("fill", "stroke")
        )
        return f"@media screen and (prefers-color-scheme:dark){{{rules}}}" if rules else ""


@functools.cache
def dark_of(colour: str) -> str:
    """What a colour becomes on a dark page: the palette's own answer, else the same hue with its lightness turned."""
    if colour in _NAMES:
        return PALETTE_DARK[_NAMES[colour]]
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if lightness(colour) > 0.4 and saturation > 0.25:
        return colour
    turned = colorsys.hls_to_rgb(hue, 0.97 - 0.85 * light, saturation * 0.9)
    return "#" + "".join(f"{round(c * 255):02x}" for c in turned)


def inline(svg: str, prefix: str, alt: str = "") -> str:
    """The drawing as an element of a page; it takes the page's width and type, and its ids begin with `prefix`.

    `alt` names it where the drawing itself does not say what it shows.
    """
    body = _renamed(_PROLOGUE.sub("", svg).strip(), prefix)
    return _ROOT.sub(lambda m: _root(m[1], alt), body, count=1)


def tells(svg: str) -> bool:
    """Whether the marks of a drawing carry what they stand for."""
    return _TOLD.search(svg) is not None


def thumbnail(svg: str, prefix: str) -> str:
    """A small picture of a chart: its narrow form, for those who see; its link says what it is."""
    small = re.sub(r"\s+", " ", inline(_UNSEEN.sub("", _TOLD.sub("", svg)), prefix))
    small = _TAG.sub(lambda tag: _compact(tag[0]), small)
    small = re.sub(r' (clip-path|stroke-linecap|stroke-linejoin|stroke-dashoffset)="[^"]*"', "", small)
    small = re.sub(r"<clipPath\b.*?</clipPath>", "", small).replace("<defs></defs>", "")
    own = rf'(?<=["#]){re.escape(prefix)}-[^")]*?-(?:narrow|wide)-(\d+)(?=["\)])'
    small = re.sub(own, lambda m: f"{prefix}-{m[1]}", small)
    small = _grouped(small)
    small = _ROOT.sub(lambda m: f'<svg id="{prefix}"' + _OWN.sub("", m[1]) + ">", small, count=1)
    return small.replace("<svg ", '<svg aria-hidden="true" ', 1).replace(
        ' xmlns="http://www.w3.org/2000/svg"', "", 1
    )


def again(name: str, svg: str) -> str:
    """A thumbnail that the page has drawn already, under that name, once more."""
    box = re.search(r'viewBox="([^"]*)"', svg)
    return f'<svg class="chart" aria-hidden="true" viewBox="{box[1] if box else "0 0 360 380"}"><use href="#{name}"/></svg>'


def _compact(tag: str) -> str:
    """A tag with coarse coordinates and no needless spaces; what stands between tags is for reading."""
    tag = re.sub(r"-?\d+\.\d+", lambda m: _coarse(float(m[0])), tag)
    tag = re.sub(r"(?<=[\dzMLC]) (?=[MLCz])|(?<=[MLC]) (?=[-\d])", "", tag).replace(" />", "/>")
    return re.sub(r'(?<= d=")[^"]*', lambda m: _straight(m[0]), tag)


def _straight(path: str) -> str:
    """The steps of a path, those along one axis by their one coordinate, those of no length left out.

    >>> _straight("M48 336L56 336L56 311L48 311z")
    'M48 336H56V311H48z'
    """
    if not set(path) <= set("MLCz0123456789.- "):
        return path
    found, x, y = "", "", ""
    for step, points in _STEP.findall(path):
        to_x, to_y = points.split()[-2:] or ("", "")
        if step == "L" and (to_x == x or to_y == y):
            found += (f"V{to_y}" if to_x == x else f"H{to_x}") if (to_x, to_y) != (x, y) else ""
        else:
            found += step + points
        x, y = to_x, to_y
    return found


def _grouped(svg: str) -> str:
    """The drawing with what neighbours have in common said once, by a group around them.

    >>> _grouped('<path d="M1 1H2" fill="red"/><path d="M3 3H4" fill="red"/><path d="M5 5" fill="blue"/>')
    '<g fill="red"><path d="M1 1H2M3 3H4"/></g><path d="M5 5" fill="blue"/>'
    """
    parts, end = list[tuple[str, str, str]](), 0
    for mark in _MARK.finditer(svg):
        parts.append(("", "", svg[end : mark.start()]))
        parts.append(("".join(_INHERITED.findall(mark[2])), _INHERITED.sub("", mark[0]), mark[0]))
        end = mark.end()
    parts = [part for part in parts if part[2]]
    found = ""
    for shared, run in groupby(parts, key=lambda part: part[0]):
        alike = list(run)
        if shared and len(alike) > 1:
            inner = "".join(bare for _, bare, _ in alike)
            if "opacity" not in shared:
                inner = inner.replace('"/><path d="', "")
            found += f"<g{shared}>{inner}</g>"
        else:
            found += "".join(whole for _, _, whole in alike)
    return found + svg[end:]


def _coarse(value: float) -> str:
    """A coordinate as far as a small picture shows it; widths and shares keep a decimal."""
    text = f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else re.sub(r"^(-?)0(?=\.)", r"\1", text)


def _root(attributes: str, alt: str) -> str:
    found = dict(re.findall(r'([\w:-]+)="([^"]*)"', attributes))
    size = re.match(r"[\d.]+", found.pop("width", ""))
    found.pop("height", None)
    found["class"] = "chart"
    found["role"] = "img"
    if alt or "aria-label" not in found:
        found["aria-label"] = html.escape(alt)
    if size:
        found["style"] = f"max-width:{size[0]}px"
    return "<svg " + " ".join(f'{name}="{value}"' for name, value in found.items()) + ">"


def _renamed(svg: str, prefix: str) -> str:
    """Ids that nothing refers to are dropped, the others begin with `prefix`."""
    wanted = {match[2] for match in _REFERENCE.finditer(svg)}
    svg = _ID.sub(lambda m: f' id="{prefix}-{m[1]}"' if m[1] in wanted else "", svg)
    return _REFERENCE.sub(lambda m: f"{m[1]}{prefix}-{m[2]}", svg)
