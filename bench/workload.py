"""What is measured: a small project of ordinary analysis notebooks, and the same code as plain scripts.

Each notebook imports the usual libraries, reads a CSV, computes growth rates, fits a regression, draws two charts
with Chinese text and shows two tables. The scripts do the same work, rendering what a notebook would show.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REGIONS = ("广东", "江苏", "浙江", "山东", "河南", "四川", "湖北", "福建")
ROWS_EACH = 155

VALUE, FIGURE, PLAIN = "value", "figure", "plain"

# (source, what it shows); the second cell is the parameters cell.
CELLS: tuple[tuple[str, str], ...] = (
    (
        """from pathlib import Path
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import statsmodels.formula.api as smf
from matplotlib import font_manager
from pylopdf_fonts_zh_cn import sans_path

font_manager.fontManager.addfont(sans_path())
sns.set_theme(font=font_manager.FontProperties(fname=sans_path()).get_name())""",
        PLAIN,
    ),
    ("LAG: int = 4  # quarters between the two values of a growth rate", PLAIN),
    (
        """folder = next(p for p in (Path("data"), Path("../data")) if p.is_dir())
panel = pd.read_csv(folder / "panel.csv")
panel.head()""",
        VALUE,
    ),
    (
        """panel["growth"] = panel.groupby("region")["value"].pct_change(LAG) * 100
panel.groupby("region")["growth"].agg(["mean", "std", "min", "max"]).round(2)""",
        VALUE,
    ),
    (
        """fitted = smf.ols("growth ~ np.log(value) + C(region)", panel.dropna()).fit(cov_type="HC1")
pd.DataFrame({"b": fitted.params, "se": fitted.bse}).round(4)""",
        VALUE,
    ),
    (
        """figure, axes = plt.subplots(figsize=(7, 4))
sns.lineplot(panel, x="quarter", y="value", hue="region", ax=axes)
axes.set_title("各省余额（亿元）");""",
        FIGURE,
    ),
    (
        """figure, axes = plt.subplots(figsize=(7, 4))
sns.barplot(panel.dropna(), x="region", y="growth", ax=axes)
axes.set_title("同比增速（%）");""",
        FIGURE,
    ),
)
SCRIPT_HEAD = """import io


def show(value):
    return value._repr_html_(), repr(value)


def render():
    for number in plt.get_fignums():
        plt.figure(number).savefig(io.BytesIO(), format="png", bbox_inches="tight")
    plt.close("all")"""
PRELOAD = (
    "numpy",
    "pandas",
    "matplotlib.pyplot",
    "seaborn",
    "statsmodels.formula.api",
    "pylopdf_fonts_zh_cn",
)


def project(root: Path, notebooks: int) -> Path:
    """A project folder with that many notebooks (and scripts of the same code); gives the folder."""
    shutil.rmtree(root, ignore_errors=True)
    for name in ("data", "notebooks", "scripts"):
        (root / name).mkdir(parents=True)
    (root / "data" / "panel.csv").write_text(_panel(), encoding="utf-8")
    (root / "pyproject.toml").write_text(f"[tool.analysis]\npreload = {json.dumps(PRELOAD)}\n")
    for number in range(1, notebooks + 1):
        text = json.dumps(_notebook(number), ensure_ascii=False, indent=1)
        (root / "notebooks" / f"{number:02d}_work.ipynb").write_text(text, encoding="utf-8")
        (root / "scripts" / f"{number:02d}_work.py").write_text(_script(number), encoding="utf-8")
    return root


def own_project(root: Path) -> Path:
    """A copy of this repository's notebooks and data; gives the folder."""
    shutil.rmtree(root, ignore_errors=True)
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("pyproject.toml", "report.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    return root


def _panel() -> str:
    """1,240 rows: a value for each region and quarter, the same every time."""
    lines = ["region,quarter,value"]
    for index, region in enumerate(REGIONS):
        value = 100.0 + 17 * index
        for quarter in range(ROWS_EACH):
            value *= 1.01 + 0.004 * ((quarter * 7 + index * 3) % 5 - 2)
            lines.append(f"{region},{quarter},{value:.3f}")
    return "\n".join(lines) + "\n"


def _notebook(number: int) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"cell-{position}",
            "metadata": {"tags": ["parameters"]} if position == 1 else {},
            "outputs": [],
            "source": source.replace("LAG", parameter_of(number)),
        }
        for position, (source, _) in enumerate(CELLS)
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def parameter_of(number: int) -> str:
    """The name of the one parameter of a notebook: each has its own, so that one can be changed alone."""
    return f"lag_{number}"


def _script(number: int) -> str:
    parts = [SCRIPT_HEAD]
    for source, shows in CELLS:
        if shows == VALUE:
            *lines, last = source.split("\n")
            source = "\n".join([*lines, f"show({last})"])
        parts.append(source + ("\nrender()" if shows == FIGURE else ""))
    return "\n\n".join(parts).replace("LAG", parameter_of(number)) + "\n"
