"""A small finished run for the tests of the pages, written without executing a notebook.

Its numbers are made for the purpose of showing every kind of output: each verdict, a chart, a statement in words, a
table, an error, formulas, both languages.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROWS = "application/vnd.suite.rows+json"
FIGURE = "application/vnd.suite.figure+json"

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="200" viewBox="0 0 {w} 200" role="img" '
    'aria-label="A. B." font-family="\'Noto Sans SC\', sans-serif"><defs><clipPath id="c-{w}"><path d="M0 0h100v100z"/>'
    '</clipPath><path id="m-{w}" d="M-9 0h18" stroke="#0d141b" stroke-width="12"/></defs>'
    '<use x="100" y="180" href="#m-{w}" stroke="#0d141b"/><text x="6" y="20" font-size="19" fill="#1f2933" font-weight="600">{title}</text>'
    '<path clip-path="url(#c-{w})" d="M10 150L{w} 60" stroke="#14487f" fill="none" stroke-width="2.2"/></svg>'
)


def claim(claim_id: str, verdict: str, **more: Any) -> dict[str, Any]:
    """A row of the scorecard."""
    return {
        "claim_id": claim_id,
        "section": "1.3",
        "exhibit": "图2",
        "metric_zh": "全球金融科技投融资金额同比增速",
        "metric_en": "Growth of global fintech funding",
        "period": "2021-H1",
        "printed": "24.6",
        "unit": "%",
        "hedge": "",
        "kind": "growth",
        "verdict": verdict,
        "verdict_report": verdict,
        "verdict_primary": "unchecked",
        "is_decision_error": False,
        "notebook": "01_alpha",
        "reason": "(1271 ÷ 1022 − 1) × 100 = 24.3640",
        "quote": "同比增长 24.6%",
        "repeats": "",
        **more,
    }


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


def check(claim_id: str, outcome: str, **more: Any) -> dict[str, Any]:
    """A row of checks."""
    source = {
        "name": "now",
        "ref": "global_investment:funding@2021-H1@cbi-2021q2",
        "label": "Deals 2021-H1",
        "text": "1271",
        "value": 1271.0,
        "low": 1270.5,
        "high": 1271.5,
        "unit": "笔",
        "publisher": "CB Insights",
        "document": "State of Fintech Q2'21",
        "edition": "cbi-2021q2",
        "url": "https://example.org/a?b=1&c=2",
        "caveat": "Restated in later editions",
    }
    own = {
        **source,
        "name": "before",
        "ref": "claim:beta",
        "publisher": "",
        "document": "",
        "url": "",
        "edition": "",
    }
    return {
        "check_id": f"{claim_id}/report",
        "claim_id": claim_id,
        "basis": "report",
        "series": "x",
        "computed": 24.364,
        "computed_low": 24.25,
        "computed_high": 24.47,
        "unit": "%",
        "outcome": outcome,
        "is_decision_error": False,
        "label": "",
        "decides": True,
        "formula": "(now ÷ before − 1) × 100",
        "arithmetic": "(1271 ÷ 1022.50 − 1) × 100 = 24.364",
        "printed_low": 24.55,
        "printed_high": 24.65,
        "hedged_low": 24.55,
        "hedged_high": 24.65,
        "gap_pct": 0.33,
        "note": "",
        "inputs": json.dumps([source, own], ensure_ascii=False),
        **more,
    }


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


def rows(table: str, *found: dict[str, Any], shown: str = "") -> dict[str, Any]:
    """A MIME bundle with rows of a table."""
    bundle: dict[str, Any] = {ROWS: {"table": table, "rows": list(found)}, "text/plain": table}
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


def alpha(language: str) -> list[dict[str, Any]]:
    """Cells of a topic notebook."""
    title = "甲的增长快于所印" if language == "zh" else "Alpha grows faster than printed"
    words = {"computed": "", "computed_low": "", "computed_high": "", "printed_low": "", "printed_high": "",
             "hedged_low": "", "hedged_high": "", "formula": "逐年递增", "arithmetic": "1 < 2 < 3"}  # fmt: skip
    hedged = {"outcome": "hedged", "hedged_low": 22.14, "arithmetic": "((9 ÷ 8)^(1 ÷ 2) − 1) × 100 = 6.07"}
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
            rows("checks", check("alpha", "contradicted", is_decision_error=True)),
            rows("checks", check("beta", **hedged)),
            rows("checks", check("alpha", "reproduced", check_id="alpha/report/x", label="x", decides=False)),
        ),
        markdown("d-en", "### In words", "en"),
        markdown("d-zh", "### 用文字", "zh"),
        code("c3", "book.decide('gamma')", rows("checks", check("gamma", "reproduced", **words))),
        code("c4", "df", rows("tables", {"table_id": "t", "row": 1, "column": "a", "value": 1},
             shown='<table class="data"><caption>表</caption><thead><tr><th scope="col">甲</th></tr></thead>'
                   '<tbody><tr><td class="number">1</td></tr></tbody></table>')),
        code("c5", "print(1)", {"output_type": "stream", "name": "stdout", "text": "<1>\n"}),
    ]  # fmt: skip


def scorecard(language: str) -> list[dict[str, Any]]:
    """Cells of the scorecard notebook."""
    missing = "No open data." if language == "en" else "没有公开数据。"
    found = [
        claim("alpha", "contradicted", is_decision_error=True),
        claim("beta", "hedged", hedge="近", section="2.2", exhibit="表6", printed="30", kind="share"),
        claim("gamma", "reproduced", printed="逐年递增", unit="", kind="trend", section="preface", exhibit=""),
        claim("delta", "unchecked", reason=missing, verdict_report="unchecked", section="1.1", printed="13.03",
              unit="万亿元", kind="level"),
    ]  # fmt: skip
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
        code("s1", "rows", rows("claims", *found)),
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
