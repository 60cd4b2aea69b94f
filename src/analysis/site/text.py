"""Every word that the pages say of themselves, in both languages. Nothing a reader sees is written elsewhere in site/.

English may hold one {placeholder} per value; Chinese holds the same ones (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LANGUAGES = ("en", "zh")
HTML_LANG = {"en": "en", "zh": "zh-CN"}
"""Language tags for HTML: a font for Chinese depends on the region too."""

TEXT: dict[str, tuple[str, str]] = {
    # the site
    "site.title": ("China Fintech Ecosystem, recomputed", "《中国金融科技生态白皮书》数据复核"),
    "site.short": ("The white paper, recomputed", "白皮书数据复核"),
    "site.lead": (
        "The white paper China Fintech Ecosystem (中国金融科技生态白皮书, CAICT, October 2021) makes {claims} statements in numbers. Each is held against data that you can open.",
        "《中国金融科技生态白皮书》（中国信息通信研究院，2021年10月）共有{claims}处可以用数字核对的陈述。此处逐一对照公开可查的数据。",
    ),
    "site.source": (
        "Source of the report’s figures: China Academy of Information and Communications Technology (CAICT).",
        "注明来源：中国信息通信研究院。",
    ),
    "site.one_file": ("Everything in one file", "单文件版本"),
    "site.description": (
        "Every figure and growth rate of the white paper China Fintech Ecosystem, recomputed from cited data.",
        "用有出处的数据，逐一复核《中国金融科技生态白皮书》中的数字与增长率。",
    ),
    # navigation
    "nav.skip": ("Skip to the text", "跳到正文"),
    "nav.pages": ("Pages", "各篇"),
    "nav.contents": ("On this page", "本页目录"),
    "nav.home": ("Overview", "总览"),
    "nav.main": ("Site", "站点"),
    "nav.previous": ("Previous", "上一篇"),
    "nav.next": ("Next", "下一篇"),
    "nav.between": ("Neighbouring pages", "相邻各篇"),
    "nav.twin": ("中文", "English"),
    "nav.code_show": ("Show all code", "展开全部代码"),
    "nav.code_hide": ("Hide all code", "折叠全部代码"),
    "nav.anchor": ("Link to this place", "此处链接"),
    # verdicts
    "verdict.reproduced": ("Reproduced", "可复现"),
    "verdict.hedged": ("Hedged", "借措辞成立"),
    "verdict.contradicted": ("Contradicted", "不符"),
    "verdict.unchecked": ("Unchecked", "未核查"),
    "verdict.decision_error": ("The conclusion flips", "结论相反"),
    "verdict.exploration": ("Exploration: does not set the verdict", "探索性核算，不决定结论"),
    "verdict.what.reproduced": ("The recomputed range meets the printed one", "重算区间与所印区间相交"),
    "verdict.what.hedged": ("Holds only through its hedge word", "只有借助“近”“约”等措辞才成立"),
    "verdict.what.contradicted": ("The numbers say otherwise", "数字所示与此不同"),
    "verdict.what.unchecked": (
        "No open data can decide it; the page says what is missing",
        "没有公开数据可以判定；页内说明缺什么",
    ),
    # bases and kinds
    "basis.report": ("The report’s own numbers", "报告自身数据"),
    "basis.primary": ("Published series", "公开数据"),
    "basis.both": ("Both", "两者皆有"),
    "basis.none": ("None", "无"),
    "basis_short.report": ("Report", "报告"),
    "basis_short.primary": ("Series", "数据"),
    "basis_short.both": ("Both", "两者"),
    "basis_short.none": ("–", "–"),
    "kind.level": ("Level", "水平值"),
    "kind.growth": ("Growth", "增速"),
    "kind.share": ("Share", "占比"),
    "kind.multiple": ("Multiple", "倍数"),
    "kind.count": ("Count", "计数"),
    "kind.rank": ("Rank", "排名"),
    "kind.comparison": ("Comparison", "比较"),
    "kind.trend": ("Trend", "趋势"),
    "kind.text": ("Text", "文本"),
    "kind.event": ("Event", "事件"),
    "kind.forecast": ("Forecast", "预测"),
    "kind.form": ("Form", "形式"),
    # places
    "place.section": ("Section {number}", "第{number}节"),
    "place.preface": ("Preface", "前言"),
    "place.figure": ("Figure {number}", "图{number}"),
    "place.table": ("Table {number}", "表{number}"),
    # a check
    "check.printed": ("The report prints", "报告所印"),
    "check.recomputed": ("Recomputed", "重算"),
    "check.formula": ("Formula", "算式"),
    "check.inputs": ("Formula and inputs", "算式与输入"),
    "check.inputs_caption": ("Inputs of this check", "本次核算的输入"),
    "check.from_report": ("Printed in the report", "报告所印"),
    "check.assumed": ("Assumption (a parameter)", "假设（参数）"),
    "check.edition": ("edition {edition}", "版本 {edition}"),
    "check.bar": (
        "Printed {printed_low} to {printed_high}; recomputed {computed_low} to {computed_high}",
        "所印区间{printed_low}至{printed_high}；重算区间{computed_low}至{computed_high}",
    ),
    "check.bar_hedged": (
        "; the hedge word allows {hedged_low} to {hedged_high}",
        "；措辞容许{hedged_low}至{hedged_high}",
    ),
    "check.range": ("{low} to {high}", "{low}至{high}"),
    "input.symbol": ("In the formula", "式中"),
    "input.numbered": ("input {number}", "输入{number}"),
    "input.what": ("Quantity", "量"),
    "input.value": ("Value", "数值"),
    "input.source": ("Source", "来源"),
    "symbol.now": ("now", "本期"),
    "symbol.before": ("before", "上期"),
    "symbol.part": ("part", "部分"),
    "symbol.whole": ("whole", "总体"),
    "symbol.share": ("share", "占比"),
    "symbol.growth": ("growth", "增速"),
    "symbol.last": ("last", "末期"),
    "symbol.first": ("first", "初期"),
    "symbol.years": ("years", "年数"),
    "symbol.value": ("value", "数值"),
    # robustness
    "robust.title": ("Under {count} tried combinations of assumptions", "在所试的{count}种假设组合下"),
    "robust.same": ("always {verdict}", "结论始终为“{verdict}”"),
    "robust.same_where_checked": ("{verdict} wherever it is checked", "凡可核查处，结论均为“{verdict}”"),
    "robust.share": ("{verdict} in {share}", "{verdict}占{share}"),
    "robustness.robust": ("yes", "是"),
    "robustness.fragile": ("no", "否"),
    "robust.turns": ("turns with {names}", "结论随{names}而变"),
    # a chart
    "chart.data": ("Data of this chart", "本图数据"),
    "chart.download": ("Download CSV", "下载 CSV"),
    # columns of the plotted data
    "column.period": ("period", "时期"),
    "column.series": ("series", "序列"),
    "column.value": ("value", "数值"),
    "column.low": ("low", "下限"),
    "column.high": ("high", "上限"),
    "column.kind": ("kind", "类别"),
    "column.date": ("date", "日期"),
    "column.title": ("title", "标题"),
    "column.text": ("text", "文字"),
    "column.issuer": ("issuer", "发布者"),
    "column.topic": ("topic", "主题"),
    "column.label": ("label", "名称"),
    "column.name": ("name", "名称"),
    "column.part": ("part", "部分"),
    "column.printed": ("printed", "所印"),
    "column.computed": ("recomputed", "重算"),
    "column.outcome": ("outcome", "结果"),
    # code
    "code.show": ("Code", "代码"),
    "code.line": ("1 line", "1 行"),
    "code.lines": ("{count} lines", "{count} 行"),
    "code.error": ("This cell failed", "此单元出错"),
    "page.failed": (
        "This notebook failed in this run; what follows is incomplete. The error stands at the cell that raised it.",
        "本篇在此次运行中出错，以下内容不完整；错误信息见出错单元。",
    ),
    "page.tally": ("Verdicts on this page", "本页结论"),
    # parameters
    "param.title": ("Parameters that differ from their defaults", "与默认值不同的参数"),
    "param.all": ("Parameters of this run", "本次运行的参数"),
    "param.default": ("All parameters have their default values.", "所有参数均为默认值。"),
    "param.name": ("Parameter", "参数"),
    "param.value": ("Value", "取值"),
    "param.was": ("Default", "默认值"),
    "param.here": ("{name} is {value} (default {default})", "{name} 取 {value}（默认 {default}）"),
    # the index
    "index.findings": ("What does not hold", "不成立之处"),
    "index.findings_none": (
        "Nothing in this run contradicts the report.",
        "此次运行没有发现与报告不符之处。",
    ),
    "index.findings_lead": (
        "Conclusions that flip come first, then the widest gaps. Each line shows the arithmetic and leads to the check.",
        "先列结论相反者，再按差距大小排列。每条均附算式，并可点至相应核查。",
    ),
    "index.more": ("{count} more contradictions", "其余{count}处不符"),
    "index.finding": (
        "the report prints {printed}; recomputed, it is {computed}",
        "报告印作{printed}，重算为{computed}",
    ),
    "index.finding_words": (
        "the report says “{printed}”; the numbers do not bear it out",
        "报告称“{printed}”，数字并不支持",
    ),
    "index.about": ("{metric}, {period}", "{metric}（{period}）"),
    "index.see": ("See the check", "查看核查"),
    "index.verdicts": ("Verdicts", "结论一览"),
    "index.by_section": ("By section of the report", "按报告章节"),
    "index.by_kind": ("By kind of statement", "按陈述类型"),
    "index.by_basis": ("By basis of the check", "按核查依据"),
    "index.section": ("Section", "章节"),
    "index.kind": ("Kind", "类型"),
    "index.basis": ("Basis", "依据"),
    "index.total": ("Total", "合计"),
    "index.exhibits": ("The report’s ten figures and six tables", "报告的十幅图与六张表"),
    "index.exhibits_lead": (
        "Each is redrawn from data that can be had; what cannot be had is said.",
        "能够取得的数据均已重绘；取不到的如实说明。",
    ),
    "exhibit.redrawn": ("Redrawn", "已重绘"),
    "exhibit.partial": ("Redrawn in part", "部分重绘"),
    "exhibit.prose": ("Discussed in words", "文字讨论"),
    "exhibit.card": ("No data to be had", "数据不可得"),
    "exhibit.table": ("Table", "表格"),
    "exhibit.missing": ("Missing:", "缺："),
    "index.scorecard": ("Scorecard", "核查表"),
    "index.scorecard_lead": (
        "Every statement, its verdict, and the way to its check.",
        "逐条列出陈述、结论与核查所在。",
    ),
    "index.claim": ("Statement", "陈述"),
    "index.robust": ("Robust?", "稳健？"),
    "index.place": ("Place", "位置"),
    "index.printed": ("Printed", "所印"),
    "index.computed": ("Recomputed", "重算"),
    "index.verdict": ("Verdict", "结论"),
    "index.notebooks": ("Topics", "各专题"),
    "index.parameters": ("Parameters", "参数"),
    "filter.title": ("Filter the scorecard", "筛选核查表"),
    "filter.search": ("Search", "搜索"),
    "filter.hint": ("word, number or id", "词语、数字或编号"),
    "filter.all": ("all", "全部"),
    "filter.shown": ("{shown} of {all} statements shown", "显示{shown}条，共{all}条"),
    "filter.clear": ("Clear filters", "清除筛选"),
    "filter.none": (
        "No statement matches. Clear a filter to see more.",
        "没有符合条件的陈述，请清除部分筛选。",
    ),
    "summary.label": ("{count} {verdict}", "{verdict}{count}条"),
    "summary.checked": (
        "{checked} of {claims} statements could be checked",
        "{claims}条陈述中有{checked}条可以核查",
    ),
    # reproducibility
    "repro.title": ("Reproducibility", "可复现性"),
    "repro.lead": (
        "The same commit and data give the same pages, byte for byte. To make them again: make report.",
        "同一提交、同一数据，所得页面逐字节相同。重新生成：make report。",
    ),
    "repro.versions": ("Versions this run was made with", "本次运行所用版本"),
    "repro.package": ("Software", "软件"),
    "repro.version": ("Version", "版本"),
    # print
    # workbook
    "sheet.about": ("About", "说明"),
    "sheet.claims": ("Claims", "陈述"),
    "sheet.checks": ("Checks", "核算"),
    "sheet.inputs": ("Inputs", "输入"),
    "sheet.exhibits": ("Exhibits", "图表"),
    "sheet.contents": ("Sheet", "工作表"),
    "sheet.rows": ("Rows", "行数"),
}

Translate = Callable[..., str]


def translator(language: str) -> Translate:
    """A function of (key, **values) that gives the text in `language`; KeyError for a key that is not there."""
    position = LANGUAGES.index(language)

    def translate(key: str, **values: Any) -> str:
        text = TEXT[key][position]
        return text.format(**values) if values else text

    return translate
