"""Web fonts for pages that open without a network: just the glyphs a page uses, as base64 woff2.

A reader's machine may hold no Chinese font, and a chart is laid out for the metrics of one face. So each page
carries its own characters of the face that the charts are drawn with (Noto Sans SC, from a pip package), and of its
serif sister for headings. Outlines are read once and kept, so that a site of twenty pages costs little more than one.
"""

from __future__ import annotations

import base64
import functools
import io
import struct
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from analysis.site.memory import Memory

LATIN = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0§°±²³·¹½éü–—‘’“”…−"
"""Characters of the Latin face, the same on every page. Arrows and operators are full-width in a Chinese font."""
NARROW = "‘’“”…"
"""Punctuation that a Chinese font draws a whole square wide; the Latin face takes its narrow forms."""
_QUICK, _TIGHT = 5, 10
"""Settings of Brotli: the second takes forty times as long and more for 8 % fewer bytes, the best one 150 times for 1 % more."""
_EM, _FINE = 500, 0.5
"""Units of the Chinese face in a page, and what they are of its own, which has 1,000: nobody sees a thirtieth of a pixel, and numbers
of one byte do for most strokes."""
_HANZI_BLOCK = 0x2E80


def is_cjk(char: str) -> bool:
    """Whether a character belongs to the Chinese face: hanzi, their punctuation, full-width forms, symbols."""
    code = ord(char)
    return code >= 0x2010 or char in "·×÷"


class Face:
    """One OpenType/CFF font file; gives subsets of it. Keeps outlines that were read before."""

    def __init__(self, path: Path) -> None:
        from fontTools.ttLib import TTFont

        self.path = path
        self._font: Any = TTFont(path, lazy=True)
        self._names: dict[int, str] = self._font.getBestCmap()
        self._advance: dict[str, tuple[int, int]] = self._font["hmtx"].metrics
        self._outlines: Any = self._font["CFF "].cff.topDictIndex[0].CharStrings
        self._drawn: dict[str, Any] = {}

    def covers(self, char: str) -> bool:
        """Whether the font has a glyph for the character."""
        return ord(char) in self._names

    def cjk(self, family: str, text: Iterable[str], quality: int = _QUICK) -> bytes:
        """woff2 of the Chinese characters of `text`, without layout tables; empty when there are none."""
        chars = sorted({c for c in text if is_cjk(c) and self.covers(c)})
        return _woff2(self._build(family, chars), quality) if chars else b""

    def _build(self, family: str, chars: list[str]) -> bytes:
        from fontTools.fontBuilder import FontBuilder

        # In the order of their characters, and by number: what has a name takes room for it.
        own = {".notdef": self._font.getGlyphOrder()[0]}
        own |= {
            f"cid{n:05}": name for n, name in enumerate(dict.fromkeys(self._names[ord(c)] for c in chars), 1)
        }
        numbers = {name: number for number, name in own.items()}
        builder = FontBuilder(_EM, isTTF=False)
        builder.setupGlyphOrder(list(own))
        builder.setupCharacterMap({ord(c): numbers[self._names[ord(c)]] for c in chars})
        # Left bearings are those of the outlines: browsers do not read them.
        builder.setupHorizontalMetrics({n: (round(self._advance[o][0] * _FINE), 0) for n, o in own.items()})
        builder.setupCFF(family.replace(" ", ""), {}, {n: self._draw(o) for n, o in own.items()}, {})
        _numbered(builder.font["CFF "].cff.topDictIndex[0])
        lines = {x: round(getattr(self._font["hhea"], x) * _FINE) for x in ("ascent", "descent")}
        builder.setupHorizontalHeader(**lines)
        # Same ascent and descent everywhere, or lines with and without hanzi would differ in height.
        builder.setupOS2(
            sTypoAscender=lines["ascent"],
            sTypoDescender=lines["descent"],
            usWinAscent=lines["ascent"],
            usWinDescent=-lines["descent"],
        )
        builder.setupNameTable({"familyName": family, "styleName": "Regular"})
        builder.setupPost(keepGlyphNames=False)
        builder.font.recalcTimestamp = False
        # Bounds would be found by drawing every glyph again; browsers do not need them.
        builder.font.recalcBBoxes = False
        builder.font["head"].created = builder.font["head"].modified = 0
        return _saved(builder.font)

    def draw(self, char: str) -> None:
        """Read the outline of a character that it covers, for fonts that will need it."""
        if self.covers(char):
            self._draw(self._names[ord(char)])

    def _draw(self, name: str) -> Any:
        """The outline as a charstring of its own: the original shares subroutines with 30,000 others."""
        from fontTools.pens.t2CharStringPen import T2CharStringPen
        from fontTools.pens.transformPen import TransformPen

        if name not in self._drawn:
            pen = T2CharStringPen(round(self._advance[name][0] * _FINE), None)
            self._outlines[name].draw(TransformPen(pen, (_FINE, 0, 0, _FINE, 0, 0)))
            self._drawn[name] = pen.getCharString()
            self._drawn[name].compile()
        return self._drawn[name]

    def latin(self, text: Iterable[str]) -> bytes:
        """woff2 of the Latin characters of `text` with kerning, narrow punctuation in place of full-width."""
        from fontTools.ttLib import TTFont

        whole = TTFont(io.BytesIO(self._all_latin), recalcTimestamp=False)
        return _woff2(_reduced(whole, text), _TIGHT)

    @functools.cached_property
    def _all_latin(self) -> bytes:
        """The whole of it: a page takes its part much faster from this than from 30,000 glyphs."""
        from fontTools.ttLib import TTFont

        font = TTFont(self.path, lazy=True, recalcTimestamp=False)
        self._narrow(font)
        return _reduced(font, LATIN)

    def _narrow(self, font: Any) -> None:
        tables = [table for table in font["cmap"].tables if table.isUnicode()]
        for lookup in self._lookups(font, "pwid"):
            for table in tables:
                for char in NARROW:
                    glyph = self._names.get(ord(char))
                    if glyph in lookup and ord(char) in table.cmap:
                        table.cmap[ord(char)] = lookup[glyph]

    @staticmethod
    def _lookups(font: Any, feature: str) -> list[dict[str, str]]:
        table = font["GSUB"].table
        indices = {
            i
            for record in table.FeatureList.FeatureRecord
            if record.FeatureTag == feature
            for i in record.Feature.LookupListIndex
        }
        subtables = (s for i in sorted(indices) for s in table.LookupList.Lookup[i].SubTable)
        return [getattr(getattr(s, "ExtSubTable", s), "mapping", {}) for s in subtables]


def _numbered(face: Any) -> None:
    """Glyphs by number instead of by name (Adobe Technical Note 5176, section 18: CID-keyed fonts)."""
    from fontTools.cffLib import FDArrayIndex, FDSelect, FontDict

    face.ROS, face.CIDCount = ("Adobe", "Identity", 0), len(face.charset)
    part = FontDict()
    part.Private = face.Private
    del face.Private
    face.FDArray, face.FDSelect = FDArrayIndex(), FDSelect()
    face.FDArray.append(part)
    face.FDSelect.format, face.FDSelect.gidArray = 3, [0] * len(face.charset)
    face.CharStrings.fdArray, face.CharStrings.fdSelect = face.FDArray, face.FDSelect


def _reduced(font: Any, text: Iterable[str]) -> bytes:
    """The font with no more than these characters."""
    from fontTools import subset

    options = subset.Options()
    options.layout_features = ["kern", "liga"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.hinting = False
    options.name_IDs = [1, 2]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, text)))
    subsetter.subset(font)
    return _saved(font)


def _saved(font: Any) -> bytes:
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


# Known table tags of the WOFF2 format, by index; 63 announces a tag spelled out.
_TAGS = (
    "cmap head hhea hmtx maxp name OS/2 post cvt  fpgm glyf loca prep CFF  VORG EBDT EBLC gasp hdmx kern LTSH PCLT VDMX "
    "vhea vmtx BASE GDEF GPOS GSUB"
)
_KNOWN = {
    tag.ljust(4): i for i, tag in enumerate(_TAGS.replace("cvt ", "cvt").replace("CFF ", "CFF").split())
}


def _woff2(sfnt: bytes, quality: int) -> bytes:
    """The font in a WOFF2 container (W3C Recommendation 2022, section 4), tables untransformed.

    fontTools can write it too, but only at the slowest compression.
    """
    import brotli

    count = struct.unpack(">H", sfnt[4:6])[0]
    entries, data, plain = b"", b"", 12 + 16 * count
    for i in range(count):
        tag, _, offset, length = struct.unpack(">4sLLL", sfnt[12 + 16 * i : 28 + 16 * i])
        known = _KNOWN.get(tag.decode("ascii"), 63)
        entries += bytes([known]) + (tag if known == 63 else b"") + _base128(length)
        data += sfnt[offset : offset + length]
        plain += (length + 3) & ~3
    packed = brotli.compress(data, mode=brotli.MODE_FONT, quality=quality)
    total = 48 + len(entries) + len(packed)
    padding = -total % 4
    header = struct.pack(
        ">4s4sLHHLLHH", b"wOF2", sfnt[:4], total + padding, count, 0, plain, len(packed), 1, 0
    )
    return header + bytes(20) + entries + packed + bytes(padding)


@functools.cache
def _face(style: str) -> Face:
    import pylopdf_fonts_zh_cn

    return Face(
        Path(pylopdf_fonts_zh_cn.sans_path() if style == "sans" else pylopdf_fonts_zh_cn.serif_path())
    )


def _rule(family: str, woff2: bytes) -> str:
    if not woff2:
        return ""
    source = base64.b64encode(woff2).decode("ascii")
    return f'@font-face{{font-family:"{family}";font-display:block;src:url(data:font/woff2;base64,{source})format("woff2")}}'


def css(
    text: str, headings: str, memory: Memory | None = None, page: str = "", is_tight: bool = False
) -> str:
    """@font-face rules for a page: `text` is every character on it, `headings` those set in the serif face.

    memory: keeps the rules of a page by its name. is_tight: a fifth less of them for a third of a second, with no Latin letter
    that the page lacks.
    """
    rules, kept = [], memory or Memory()
    for style, chars in (("sans", text), ("serif", headings)):
        chinese = "".join(sorted(filter(is_cjk, set(chars))))
        latin = "".join(sorted(set(chars).intersection(LATIN))) if is_tight else LATIN
        quality = _TIGHT if is_tight else _QUICK
        rules.append(
            kept.made(("latin", style, page * is_tight), (latin,), partial(_latin_rule, style, latin))
        )
        made = partial(_chinese_rule, style, chinese, quality)
        rules.append(kept.made(("chinese", style, page), (chinese, quality), made))
    return "\n".join(rule for rule in rules if rule)


@functools.lru_cache(maxsize=64)
def _latin_rule(style: str, chars: str) -> str:
    return _rule(f"suite {style}", _face(style).latin(chars))


@functools.lru_cache(maxsize=64)
def _chinese_rule(style: str, chars: str, quality: int) -> str:
    return _rule(f"suite {style} zh", _face(style).cjk(f"suite {style} zh", chars, quality))


def get_ready(text: str) -> Iterator[None]:
    """Take from the faces ahead, a step at a time, the Latin letters and the outlines of the Chinese characters of `text`."""
    for style in ("sans", "serif"):
        _latin_rule(style, LATIN)
        yield
    for char in sorted(filter(is_cjk, set(text))):
        _face("sans").draw(char)
        yield


def missing(text: str) -> list[str]:
    """Hanzi and other characters of the Chinese block of `text` that the face cannot show: they would be boxes.

    Symbols outside it are left to the reader's own fonts.
    """
    sans = _face("sans")
    return sorted({c for c in set(text) if ord(c) >= _HANZI_BLOCK and c.isprintable() and not sans.covers(c)})
