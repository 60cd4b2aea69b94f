"""A small finished run for the tests of the pages, written without executing a notebook.

Its numbers are made for the purpose of showing every kind of output: each verdict, a chart, a statement in words, a
table, an error, formulas, both languages.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.mime import FIGURE, ROWS
from analysis.report import cells, ledger
from analysis.report.rows import CheckRow, ClaimRow, Input, Remark, Step

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="200" viewBox="0 0 {w} 200" role="img" '
    'aria-label="A. B." font-family="\'Noto Sans SC\', sans-serif"><defs><clipPath id="c-{w}"><path d="M0 0h100v100z"/>'
    '</clipPath><path id="m-{w}" d="M-9 0h18" stroke="#0d141b" stroke-width="12"/></defs>'
    '<use x="100" y="180" href="#m-{w}" stroke="#0d141b"/><text x="6" y="20" font-size="19" fill="#1f2933" font-weight="600">{title}</text>'
    '<path clip-path="url(#c-{w})" d="M10 150L{w} 60" stroke="#14487f" fill="none" stroke-width="2.2"/>'
    '<g class="values" fill="none" pointer-events="all"><circle cx="10" cy="150" r="8"><title>2020: 3.5</title></circle>'
    '<circle cx="{w}" cy="60" r="8"><title>2021: 4</title></circle></g></svg>'
)


METRIC = {"zh": "全球金融科技投融资金额同比增速", "en": "growth of global fintech funding"}


def claim(claim_id: str, verdict: str, **more: Any) -> ClaimRow:
    """A claim with its verdict, as the scorecard hands it out."""
    row = ClaimRow(
        claim_id, "1.3", "图2", "2021-H1", "24.6", "%", "", "growth", verdict, "recomputed", "same", "same",  # type: ignore[arg-type]
        reason="(1271 ÷ 1022 − 1) × 100 = 24.3640", check_id=f"{claim_id}/same", evidence=24.364, evidence_low=24.25,
        evidence_high=24.47, quote="同比增长 24.6%", metric=METRIC, said={"zh": "", "en": "grew 24.6% year on year"},
    )  # fmt: skip
    row = replace(row, **more)
    return replace(row, remarks=(remark(row),)) if row.check_id else row


def remark(row: ClaimRow) -> Remark:
    """What the check said that set a verdict."""
    outcomes = {"contradicted": "out", "hedged": "blurred", "consistent": "meets"}
    says = "" if row.is_form else row.verdict
    return Remark(row.check_id, row.grade or "own", outcomes.get(row.verdict, "in"), says)  # type: ignore[arg-type]


REPORT = """
languages = ["en", "zh"]
printed_in = "zh"
[exhibits]
figure = "图"
table = "表"
[text.en]
title = "A report, recomputed"
lead = "It makes {claims} statements."
[text.zh]
title = "报告数据复核"
lead = "共有{claims}处陈述。"
"""


NOW = Input(
    "now", "global_investment:funding@2021-H1@cbi-2021q2", "Deals 2021-H1", "1271", 1271.0, 1270.5, 1271.5, unit="笔",
    publisher="CB Insights", attested="named", document="State of Fintech Q2'21", edition="cbi-2021q2",
    url="https://example.org/a?b=1&c=2", caveat="Restated in later editions",
)  # fmt: skip
BEFORE = Input("before", "claim:delta", "Deals 2020-H1", "1022", 1022.0, 1021.5, 1022.5, unit="笔")
GROWTH = Step(
    "", "(now ÷ before − 1) × 100", 24.364, 24.25, 24.47, unit="%", arithmetic="(1271 ÷ 1022 − 1) × 100 = 24.364",
    inputs=(NOW, BEFORE),
)  # fmt: skip


def check(claim_id: str, outcome: str, **more: Any) -> CheckRow:
    """A check of a number: growth from one published and one printed input."""
    row = CheckRow(
        f"{claim_id}/same", claim_id, "number", outcome, "same", "same", unit="%", computed=24.364, computed_low=24.25,  # type: ignore[arg-type]
        computed_high=24.47, printed_low=24.55, printed_high=24.65, hedged_low=24.55, hedged_high=24.65, gap_pct=0.33,
        formula=GROWTH.formula, arithmetic=GROWTH.arithmetic, steps=(GROWTH,), inputs=(NOW, BEFORE),
    )  # fmt: skip
    return replace(row, **more)


def markdown(cell_id: str, source: str, language: str = "") -> dict[str, Any]:
    """A prose cell."""
    tags = {"tags": [f"lang-{language}"]} if language else {}
    return {"cell_type": "markdown", "id": cell_id, "metadata": tags, "source": source}


def code(cell_id: str, source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """An executed code cell whose outputs are MIME bundles, or whole outputs."""
    full = [
        o if "output_type" in o else {"output_type": "display_data", "metadata": {}, "data": o}
        for o in outputs
    ]
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code", "id": cell_id, "metadata": metadata, "source": source, "execution_count": 1,
        "outputs": full,
    }  # fmt: skip


def rows(table: str, *found: Any, shown: str = "") -> dict[str, Any]:
    """A MIME bundle with rows of a table."""
    written = [row if isinstance(row, dict) else cells.write(row) for row in found]
    bundle: dict[str, Any] = {ROWS: {"table": table, "rows": written}, "text/plain": table}
    return {**bundle, "text/html": shown} if shown else bundle


def chart(chart_id: str, exhibit: str, title: str) -> dict[str, Any]:
    """A MIME bundle with a chart."""
    facts = {
        "id": chart_id, "exhibit": exhibit, "title": title, "subtitle": "USD bn", "alt": "Line. Rises to 3.",
        "source": "CB Insights", "notes": "", "language": "en", "data_csv": "period,series,value\n2020,甲,1\n2021,甲,3.5\n",
        "svg_narrow": SVG.format(w=360, title=title),
    }  # fmt: skip
    return {FIGURE: facts, "image/svg+xml": SVG.format(w=760, title=title), "text/plain": title}


def parameters(language: str, rate: float) -> list[dict[str, Any]]:
    """The parameters cell and the one that a run injects."""
    default = 'language: Language = "en"  # labels\nfx_rate: PositiveFloat = 6.9  # CNY per USD\n'
    return [
        code("parameters", default, tags=("parameters",)),
        code("injected", f'language = "{language}"\nfx_rate = {rate}\n', tags=("injected-parameters",)),
    ]


def in_words() -> CheckRow:
    """A check of words by the report's own numbers."""
    steps = [
        Step("", "value", n, n, n, arithmetic=str(n), inputs=(Input("value", "number", str(n), str(n), n, n, n),), period=f"{2018 + n}")
        for n in (1, 2, 3)
    ]  # fmt: skip
    return CheckRow("gamma/own", "gamma", "words", "in", "own", definition="rising/default", formula="every step is upward",
                    arithmetic="1 < 2 < 3", steps=tuple(steps))  # fmt: skip


def quoted() -> CheckRow:
    """A check that looks a number up."""
    i = Input("value", "green:loans@2021@a", "Green loans 2021", "13.03", 13.03, 13.025, 13.035, unit="万亿元", publisher="PBoC",
              document="Release")  # fmt: skip
    step = Step("", "value", 13.03, 13.025, 13.035, unit="万亿元", arithmetic="13.03", inputs=(i,))
    return CheckRow("zeta/same", "zeta", "number", "in", "same", "same", unit="万亿元", computed=13.03, computed_low=13.025,
                    computed_high=13.035, formula="value", arithmetic="13.03", steps=(step,), inputs=(i,))  # fmt: skip


def counted() -> CheckRow:
    """A count of what a sentence lists."""
    return CheckRow("eta/own", "eta", "form", "in", "own", unit="家", arithmetic="6 = 6")


def neighbour() -> CheckRow:
    """A check that stands beside its claim and says nothing of it."""
    i = Input(
        "value",
        "deals:all@2020@a",
        "All deals 2020",
        "2000",
        2000.0,
        2000.0,
        2000.0,
        unit="笔",
        publisher="KPMG",
    )
    step = Step("", "value", 2000.0, 2000.0, 2000.0, unit="笔", arithmetic="2000", inputs=(i,))
    return CheckRow("delta/neighbour", "delta", "number", "out", "neighbour", "differs", "All sectors.", unit="笔", computed=2000.0,
                    formula="value", arithmetic="2000", steps=(step,), inputs=(i,))  # fmt: skip


def alpha(language: str) -> list[dict[str, Any]]:
    """Cells of a topic notebook."""
    title = "甲的增长快于所印" if language == "zh" else "Alpha grows faster than printed"
    hedged = check("beta", "blurred", grade="other", check_id="beta/other", hedged_low=22.14)
    beside = check("alpha", "meets", check_id="alpha/neighbour/x", grade="neighbour", fits="differs", label="x",
                   because="Another region.")  # fmt: skip
    return [
        markdown("t-en", "# Alpha & its growth\n\n1. How fast does it grow?", "en"),
        markdown("t-zh", "# 甲及其增长\n\n1. 增长有多快？", "zh"),
        *parameters(language, 7.0),
        markdown("q-en", "## How fast\n\n> 同比增长 24.6%\n\nGrowth is $g = \\frac{a}{b} - 1$.\n\n$$g^2$$", "en"),
        markdown("q-zh", "## 有多快\n\n> 同比增长 24.6%\n\n增速为 $g = \\frac{a}{b} - 1$。", "zh"),
        code("c1", "# chart\nx = 'a' < 3\nchart", chart("alpha", "图2", title)),
        code(
            "c2",
            "book.reconcile('alpha')",
            rows("checks", check("alpha", "out", because="The same edition.")),
            rows("checks", hedged),
            rows("checks", beside),
        ),
        markdown("d-en", "### In words", "en"),
        markdown("d-zh", "### 用文字", "zh"),
        code("c3", "book.decide('gamma')", rows("checks", in_words(), quoted(), counted(), neighbour())),
        code("c4", "df", rows("tables", {"table_id": "t", "row": 1, "column": "a", "value": 1},
             shown='<table class="data"><caption>表</caption><thead><tr><th scope="col">甲</th></tr></thead>'
                   '<tbody><tr><td class="number">1</td></tr></tbody></table>')),
        code("c5", "print(1)", {"output_type": "stream", "name": "stdout", "text": "<1>\n"}),
    ]  # fmt: skip


def claims(language: str = "en") -> list[ClaimRow]:
    """The verdicts of the sample: one of each, a repetition, a count of form."""
    missing = "No open data." if language == "en" else "没有公开数据。"
    nothing = {
        "check_id": "",
        "evidence": None,
        "evidence_low": None,
        "evidence_high": None,
        "ground": "",
        "grade": "",
    }
    beside = Remark("alpha/neighbour/x", "neighbour", "meets", "", stretched="Office × 1.64")
    alpha = claim("alpha", "contradicted", is_decision_error=True)
    return [
        replace(alpha, remarks=(*alpha.remarks, beside)),
        claim("alpha-again", "contradicted", section="2.1", exhibit="", repeats="alpha", check_id="alpha/same"),
        claim("beta", "hedged", hedge="近", section="2.2", exhibit="表6", printed="30", kind="share", check_id="beta/other",
              grade="other", rule="other"),
        claim("gamma", "consistent", printed="逐年递增", unit="", kind="trend", section="preface", exhibit="",
              check_id="gamma/own", ground="own", grade="own", rule="consistent", evidence=None, caps="steps"),
        claim("delta", "unchecked", reason=missing, section="1.1", printed="1022", unit="笔", kind="count",
              rule="unchecked", **nothing, remarks=(Remark("delta/neighbour", "neighbour", "out", ""),)),
        claim("theta", "unchecked", reason=missing, section="1.1", printed="23.3", unit="亿元", kind="level",
              rule="unchecked", **nothing),
        claim("zeta", "reproduced", printed="13.03", unit="万亿元", kind="level", ground="quoted", check_id="zeta/same",
              evidence=13.03, evidence_low=13.025, evidence_high=13.035),
        claim("eta", "holds", printed="六", unit="家", kind="form", ground="own", grade="own", rule="form",
              check_id="eta/own", evidence=None),
    ]  # fmt: skip


def write_ledger(rows: Iterable[ClaimRow], data: Path) -> None:
    """The ledger of a run's inputs."""
    columns = ledger.columns(("en", "zh"))
    path = data / "report" / "claims.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**cells.write(row), "excludes": "", "conclusion": ""} for row in rows)


def scorecard(language: str) -> list[dict[str, Any]]:
    """Cells of the scorecard notebook."""
    link = '<ol class="findings"><li><a href="#claim-alpha">alpha</a></li></ol>'
    exhibits = [
        {"exhibit": "图2", "section": "1.3", "title_zh": "全球投融资", "title_en": "Global funding", "status": "redrawn",
         "notebook": "01_alpha", "missing_en": "", "missing_zh": ""},
        {"exhibit": "图1", "section": "1.1", "title_zh": "普及率", "title_en": "Penetration", "status": "card",
         "notebook": "01_alpha", "missing_en": "The series.", "missing_zh": "数据序列。"},
    ]  # fmt: skip
    return [
        markdown("t-en", "# Scorecard", "en"),
        markdown("t-zh", "# 记分卡", "zh"),
        *parameters(language, 6.9),
        code("s1", "rows", rows("claims", *claims(language))),
        code("s2", "exhibits", rows("exhibits", *exhibits)),
        code("s3", "findings", {"text/html": link}),
    ]


def failing(language: str) -> list[dict[str, Any]]:
    """Cells of a notebook that fails."""
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "no <such> column",
        "traceback": ["a", "\x1b[31mb"],
    }
    return [
        markdown("t-en", "# Broken", "en"),
        markdown("t-zh", "# 出错", "zh"),
        *parameters(language, 6.9),
        code("f1", "raise ValueError", error),
    ]


def make(run: Path, languages: tuple[str, ...] = ("en", "zh"), broken: bool = False) -> Path:
    """Write a run directory and give its path."""
    (run / "inputs").mkdir(parents=True, exist_ok=True)
    (run / "inputs" / "report.toml").write_text(REPORT, encoding="utf-8")
    write_ledger(claims(), run / "inputs" / "data")
    builders = {"01_alpha": alpha, "90_scorecard": scorecard, **({"02_broken": failing} if broken else {})}
    for position, language in enumerate(languages):
        folder = run / "notebooks" / (language if position else "")
        folder.mkdir(parents=True, exist_ok=True)
        for stem, builder in builders.items():
            content = {
                "cells": builder(language), "metadata": {"language_info": {"name": "python"}}, "nbformat": 4,
                "nbformat_minor": 5,
            }  # fmt: skip
            (folder / f"{stem}.ipynb").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return run
