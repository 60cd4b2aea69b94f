"""A run as an RO-Crate: its files in one archive, with metadata that say what was made from what, by which software.

The metadata follow the Process Run Crate profile of https://w3id.org/ro/wfrun. The same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
import urllib.parse
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from analysis import words
from analysis.mime import SVG
from analysis.site.source import Manifest, Run
from analysis.suite import manifest
from analysis.writing import write_atomically

METADATA = "ro-crate-metadata.json"
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_ACTION, _SOFTWARE, _AUTHOR = "#run", "#software", "#author"
_PROFILE_NODE = {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
_DESCRIPTOR = {
    "@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"},
    "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
}  # fmt: skip
_FORMATS = {
    ".ipynb": "application/x-ipynb+json", ".jsonld": "application/ld+json", ".toml": "application/toml",
    ".csv": "text/csv", ".svg": SVG, ".html": "text/html", ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json", ".png": "image/png", ".txt": "text/plain", ".md": "text/markdown",
}  # fmt: skip
_EARLIEST = (1980, 1, 1, 0, 0, 0)
Node: TypeAlias = dict[str, object]


def write(run: Run, path: Path) -> None:
    """Write the archive of a run: everything but its manifest, whose times and machine are its own, and the metadata.

    UserError when the manifest is damaged.
    """
    files = {name: (run.path / name).read_bytes() for name in manifest.outputs(run.path)}
    described = json.dumps(metadata(run, files), ensure_ascii=False, indent=1) + "\n"
    write_atomically(path, packed({METADATA: described.encode(), **files}))


def packed(files: Mapping[str, bytes]) -> bytes:
    """Files (name → content) as a zip archive that depends on nothing else: no times, no owners."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def metadata(run: Run, files: Mapping[str, bytes]) -> Node:
    """The metadata of a crate that holds these files of a run (name → content).

    UserError when the run has no manifest, or a damaged one.
    """
    manifest.read(run.path)  # which looks closer than the pages do
    license_node = _license(files.get("inputs/pyproject.toml", b""))
    parameters = [
        {"@id": f"#parameter-{p.name}", "@type": "PropertyValue", "name": p.name, "value": _plain(p.value)}
        for p in run.variants[0].parameters
    ]
    described = [_file(name, content) for name, content in files.items()]
    graph = [
        _PROFILE_NODE, {"@id": _AUTHOR, "@type": "Organization", "name": run.manifest.project or run.variants[0].voice.own.title},
        license_node, *_software(run.manifest), *parameters, *described,
        _action(run, files, [str(p["@id"]) for p in parameters]),
        _root(run, license_node, described), _DESCRIPTOR,
    ]  # fmt: skip
    return {"@context": CONTEXT, "@graph": list(reversed(graph))}


def _root(run: Run, license_node: Node, described: Iterable[Node]) -> Node:
    """The crate as a whole."""
    own = run.variants[0].voice.own
    return {
        "@id": "./", "@type": "Dataset", "name": own.title, "description": " ".join(filter(None, (run.warning(run.variants[0].language), own.description or own.title))),
        "datePublished": _date(run.manifest), "license": {"@id": license_node["@id"]}, "conformsTo": {"@id": PROFILE},
        "author": {"@id": _AUTHOR}, "publisher": {"@id": _AUTHOR},
        "inLanguage": [words.tag(variant.language) for variant in run.variants],
        "hasPart": [{"@id": node["@id"]} for node in described], "mentions": {"@id": _ACTION},
    }  # fmt: skip


def _action(run: Run, files: Iterable[str], parameters: Sequence[str]) -> Node:
    """The run: settings, data and parameters in, everything else out."""
    names = list(files)
    made_from = [_address(name) for name in names if name.startswith("inputs/")]
    made = [_address(name) for name in names if not name.startswith("inputs/")]
    status = "CompletedActionStatus" if run.manifest.is_ok else "FailedActionStatus"
    return {
        "@id": _ACTION, "@type": "CreateAction", "name": f"analysis run {run.path.name}",
        "description": f"Execution of the notebooks: {', '.join(n.stem for n in run.variants[0].notebooks)}.",
        "instrument": {"@id": _SOFTWARE}, "agent": {"@id": _AUTHOR}, "actionStatus": f"http://schema.org/{status}",
        "object": _ids([*made_from, *parameters]), "result": _ids(made),
    }  # fmt: skip


def _address(name: str) -> str:
    """The address of a file within the crate."""
    return urllib.parse.quote(name)


def _ids(names: Iterable[str]) -> list[Node]:
    return [{"@id": name} for name in names]


def _file(name: str, content: bytes) -> Node:
    kind = _FORMATS.get(Path(name).suffix, "application/octet-stream")
    return {
        "@id": _address(name), "@type": "File", "name": Path(name).name, "encodingFormat": kind,
        "contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip


def _software(made: Manifest) -> list[Node]:
    """What made the run: this package at its commit, and the software that it stands on."""
    versions, own = made.versions, manifest.distribution()
    needed = {name: version for name, version in versions.items() if name != own.name}
    software: Node = {
        "@id": _SOFTWARE, "@type": "SoftwareApplication", "name": own.name,
        "softwareVersion": versions.get(own.name, own.version), "softwareRequirements": _ids(f"#{n}" for n in needed),
    }  # fmt: skip
    if made.commit.id:
        software["identifier"] = f"git:{made.commit.id}"
    libraries: list[Node] = [
        {"@id": f"#{n}", "@type": "SoftwareApplication", "name": n, "softwareVersion": v}
        for n, v in needed.items()
    ]
    return [software, *libraries]


def _license(project: bytes) -> Node:
    """The licence that the project states."""
    stated = tomllib.loads(project.decode("utf-8")).get("project", {}).get("license", "") if project else ""
    if not isinstance(stated, str) or not stated:
        return {"@id": "#license", "@type": "CreativeWork", "name": "No licence is stated."}
    address = f"https://spdx.org/licenses/{stated}"
    return {"@id": address, "@type": "CreativeWork", "name": stated, "identifier": stated}


def _date(made: Manifest) -> str:
    """The day of the commit that the run was made from; that of the run where there is none."""
    return made.commit.date or made.finished[:10] or "1980-01-01"


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else json.dumps(value, ensure_ascii=False)
