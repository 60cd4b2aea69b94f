"""A text laid out for reading: wrapped lines joined again, every character still knowing its line and column.

Reports are wrapped mid-sentence and broken over pages, with footnotes between the halves, so a number may stand on
two lines (`34.` / `54%`) and its unit after a page break (`5` / `年计划`). Rules match on the joined text; positions
always refer to the text as given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from analysis import reading
from analysis.census.lexicon import SIMPLIFIED, TRADITIONAL
from analysis.errors import UserError

_WIDE = "０１２３４５６７８９％．＋－−／﹪　\u00a0"
_NARROW = "0123456789%.+--/%  "
_PLAIN = str.maketrans(
    {
        **dict(zip(_WIDE, _NARROW, strict=True)),
        **dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)),
        **{chr(c): chr(c - 0xFEE0) for c in range(0xFF21, 0xFF5B) if chr(c - 0xFEE0).isalpha()},
    }
)

# in 一、概况 | （二）结果 | 图3; not in 增长5%
_HEADING = re.compile(
    r"\s*(?:[#>*•·●■◆-]\s|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十\d]+[章节条]|"
    r"\d{1,2}[.．、](?!\d)|\d{1,2}\.[1-6]G|[①-⑳]|[图表]\s*\d|(?:数据|资料)?来源|目\s*录|附[件录表]|注[:：])"
)
# in ³ 央行 | 12 数据来源：; not in 12家
_FOOTNOTE = re.compile(r"\s*(?:[¹²³⁰⁴-⁹]+|\d{1,2}\s+(?:数据|资料)?来源[:：])")
# in 来源：央行 | 图 3 余额; not in 见图3
_COMPLETE = re.compile(r"\s*(?:[¹²³⁰⁴-⁹]+|\d{1,2}\s)?\s*(?:(?:数据|资料|图片)?来源\s*[:：]|[图表]\s*\d+\s)")
_LEADERS = ("....", "……", "····")
# in 概述 .. 12; not in 概述. 12
_LEADERS_END = re.compile(r"\.\. {0,3}\d{0,3} {0,3}$")
# in 增长。 | 如下：**; not in 增长，
_ENDS = re.compile(r"[。！？；：!?;:”…|]\s*(?:\*\*)?\s*$")
# in 图 3. | 第12; not in 增长3
_LABEL_END = re.compile(r"(?:[图表]|附件|专栏|附录|第)\s*[\d.]+$")
# in 增长34. | 共1,2; not in 增长
_NUMBER_END = re.compile(r"[\u4e00-\u9fff（(]\s?[\d,]+(?:\.\d*)?$")
# in 54%; not in 五成
_NUMBER_REST = re.compile(r"(?P<digits>\d+)(?P<next>.?)")
# 1—12 社会总产值构成 15 and 第三章 结果 16 are complete; 1—13, 2.1 结果 and 3.2.1 begin lines of their own.
# in 1—12 社会总产值构成 15 | 第三章 结果 16; not in 1—12 社会总产值构成
_CONTENTS = re.compile(
    r"\s*(?:\d{1,2}(?:[-–—.]\d{1,2})+\s|第[一二三四五六七八九十\d]+[章节篇]\s|[一二三四五六七八九十]{1,3}、).*\s\d{1,3}$"
)
# in 2-1 结果 | 3.2.1 结果; not in 2.1 结果
_SECTION = re.compile(r"\d{1,2}(?:[-–—]\d{1,2}|\.\d{1,2}(?:\.\d{1,2})+)\s+[\u4e00-\u9fff]")
# in 亿元 | 美元; not in 的
_UNIT_START = re.compile(r"[亿万千百元户人笔家个倍成项种张%‰]|美元|余|多")
# in 增长 | （; not in ·
_PROSE_START = re.compile(r"[\u4e00-\u9fff0-9A-Za-z（(《“，、）)》”%]")
_LONG = 16
"""A line of fewer characters is taken for complete unless it stops inside a number."""


@dataclass(frozen=True)
class Layout:
    """The joined text and the way back: `starts[i]` is where segment i begins in `text`, `origins[i]` in the source."""

    source: str
    text: str
    starts: list[int] = field(repr=False)
    origins: list[int] = field(repr=False)

    def origin(self, at: int) -> int:
        """The offset in the source of the character at offset `at` of the joined text."""
        segment = bisect_right(self.starts, at) - 1
        return self.origins[segment] + at - self.starts[segment]

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets in the source at which its lines begin."""
        return [0, *(m.end() for m in re.finditer("\n", self.source))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1 and counted in characters, of an offset in the source."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1


_BANKERS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
# 伍仟, 叁拾万 are numerals; 大陆, 陆地, 队伍 and the surname 伍 are not: a digit must stand beside a power.
# in 伍仟 | 叁拾万; not in 大陆
_BANKERS_RUN = re.compile(
    r"[壹贰叁肆伍陆柒捌玖]?(?:[拾佰仟]|(?<=[壹贰叁肆伍陆柒捌玖])[万亿])[壹贰叁肆伍陆柒捌玖拾佰仟零万亿]*"
)


def narrow(text: str) -> str:
    """The text in one set of characters, each in its place: ASCII for full width, simplified, plain numerals for bankers'.

    >>> narrow("１２萬億元，伍仟元")
    '12万亿元，五千元'
    """
    return _BANKERS_RUN.sub(lambda run: run[0].translate(_BANKERS), text.translate(_PLAIN))


def read(path: Path) -> str:
    """The text of a file in UTF-8 or GB18030 (which includes GBK and GB2312), line ends as newlines.

    `UserError` when the file cannot be read or is no text in either encoding.
    """
    raw = reading.content(path)
    if b"\0" in raw:
        raise UserError(f"{path}: not a text file (it contains zero bytes); save the text as UTF-8 first")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig" or _is_prose(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UserError(f"{path}: neither UTF-8 nor GB18030; convert it to UTF-8 first (iconv -t UTF-8)")


def _is_prose(text: str) -> bool:
    """Whether bytes read as GB18030 gave text: four-byte codes of unassigned planes mean that they were something else."""
    odd = sum(
        1 for c in text if "\ue000" <= c <= "\uf8ff" or (c < " " and c not in "\n\r\t\f") or c == "\x7f"
    )
    return odd * 50 <= len(text)


def lay_out(source: str) -> Layout:
    """Join the wrapped lines of a text. Line breaks that end a sentence, heading, table row or footnote stay."""
    plain = narrow(source)
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", plain) if not m[0].isspace()]
    text: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length = 0
    follows = False
    for (begin, end), joined in _reading_order(plain, lines):
        piece = plain[begin:end]
        if follows:
            begin += len(piece) - len(piece.lstrip(" "))
        piece = plain[begin:end].rstrip(" ") if joined else plain[begin:end] + "\n"
        starts.append(length)
        origins.append(begin)
        text.append(piece)
        length += len(piece)
        follows = joined
    return Layout(source, "".join(text), starts or [0], origins or [0])


def _reading_order(plain: str, lines: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], bool]]:
    """Each line with whether the next one continues it. Footnotes between two halves of a sentence come after it."""
    waiting: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        begin, end = lines[at]
        after = at + 1
        if not _FOOTNOTE.match(plain, begin):
            while after < len(lines) and _FOOTNOTE.match(plain, lines[after][0]):
                after += 1
        notes = lines[at + 1 : after]
        joined = after < len(lines) and _continues(
            plain[begin:end],
            plain[slice(*lines[after])],
            plain.count("\n", lines[after - 1][1], lines[after][0]),
        )
        yield (begin, end), joined
        waiting += notes
        if not joined:
            yield from ((note, False) for note in waiting)
            waiting = []
        at = after


def _continues(line: str, following: str, breaks: int) -> bool:
    """Whether a sentence runs on from one line to the next, over `breaks` line breaks."""
    line, following = line.rstrip(), following.lstrip()
    if breaks > 4 or "\t" in line or "\t" in following:
        return False
    if any(mark in line for mark in _LEADERS) or _LEADERS_END.search(line):
        return False
    if _COMPLETE.match(line) or _HEADING.match(following):
        return False
    if _splits_number(line, following):
        return True
    if _ENDS.search(line) or not _PROSE_START.match(following) or following[0] == "|":
        return False
    if re.search(r"[A-Za-z0-9]$", line) and re.match(r"[A-Za-z0-9]", following):
        return False
    if _NUMBER_END.search(line) and _UNIT_START.match(following):
        return True
    return len(line) >= _LONG


def _splits_number(line: str, following: str) -> bool:
    """Whether digits at the end of a line go on in the next: 34. / 54%, 127 / 1笔, 20 / 21年."""
    if not _NUMBER_END.search(line) or _LABEL_END.search(line):
        return False
    rest = _NUMBER_REST.match(following)
    if _CONTENTS.match(line) or _SECTION.match(following):
        return False
    if line[-1] in ".,":
        return rest is not None
    if re.match(r"\.\d|,\d{3}|%", following):
        return True
    if rest is None:
        return False
    digits = re.search(r"\d+$", line)
    assert digits is not None
    if rest["next"] == "年":
        return re.fullmatch(r"(?:19|20)\d\d", digits[0] + rest["digits"]) is not None
    return rest["next"] not in ("", *" 月日、．)）/-–—―‐‑‒−~～:：\u3000") and not re.match(
        r"(?:19|20)\d\d", rest["digits"]
    )
