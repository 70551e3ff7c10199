"""Makes what a release has, without a network: two wheels, the source, an SBOM of each wheel, checksums. `make release` calls it.

    python scripts/release.py dist

`indicia` has the program, its knowledge and the example; `indicia-models` has the learned weights, which change less often and
are twenty times as large. Both are checked against what is committed, and tried as a user would install them, before anything
is called done. The same commit gives the same bytes.
"""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import string
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import venv
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from hatch_build import APART, weights  # noqa: E402
from scripts import dependencies  # noqa: E402

MODELS = runpy.run_path(str(ROOT / "src/indicia/models.py"))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
EXAMPLE = "examples/exchange-2021"


class Wheels(NamedTuple):
    """The two wheels of a release."""

    program: Path
    models: Path


def main() -> None:
    _, folder = sys.argv
    dist = Path(folder).resolve()
    shutil.rmtree(dist, ignore_errors=True)
    dist.mkdir(parents=True)
    new_weights_have_a_new_version()
    os.environ["SOURCE_DATE_EPOCH"] = _git("log", "-1", "--format=%ct").strip()
    wheels = Wheels(build_program(dist), build_models(dist))
    _hatchling(ROOT, dist, "sdist")
    hold_what_is_committed(wheels)
    work_together(wheels)
    write_sboms(wheels, dist)
    made = sorted(file for file in dist.iterdir())
    sums = "".join(f"{_digest(file)}  {file.name}\n" for file in made)
    (dist / "SHA256SUMS").write_text(sums, "utf-8")
    sys.stdout.write(sums + "".join(f"{file.stat().st_size / 1e6:8.1f} MB  {file.name}\n" for file in made))


def new_weights_have_a_new_version() -> None:
    """Raises: SystemExit, if a release before has other weights under the version that they have now."""
    folders = sorted({str(file.parent.relative_to(ROOT)) for file in weights(ROOT)})
    for tag in _git("tag", "--list", "v*").split():
        before = subprocess.run(["git", "show", f"{tag}:src/indicia/models.py"], cwd=ROOT, capture_output=True, text=True)
        if f'VERSION = "{MODELS["VERSION"]}"' not in before.stdout:
            continue
        if subprocess.run(["git", "diff", "--quiet", tag, "--", *folders], cwd=ROOT).returncode:
            raise SystemExit(f'the weights differ from those of {tag}: set VERSION = "{VERSION}" in src/indicia/models.py')


def build_program(dist: Path) -> Path:
    """The wheel without weights, and how it names those that it requires."""
    _hatchling(ROOT, dist, "wheel", {APART: "apart"})
    return dist / f"indicia-{VERSION}-py3-none-any.whl"


def build_models(dist: Path) -> Path:
    """The wheel of weights alone, at the places where the program looks for them."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        for file in weights(ROOT):
            target = tree / file.relative_to(ROOT / "src")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        for licence in ("LICENSE", "NOTICE"):
            shutil.copy(ROOT / licence, tree)
        template = string.Template((ROOT / "scripts/models.toml").read_text("utf-8"))
        (tree / "pyproject.toml").write_text(template.safe_substitute(version=MODELS["VERSION"]), "utf-8")
        _hatchling(tree, dist, "wheel")
    return dist / f"{MODELS['PACKAGE'].replace('-', '_')}-{MODELS['VERSION']}-py3-none-any.whl"


def hold_what_is_committed(wheels: Wheels) -> None:
    """Raises: SystemExit, unless the wheels have all files of the package, byte for byte, none twice and no other."""
    listed = _git("ls-files", "src/indicia", EXAMPLE).splitlines()
    wanted = {
        re.sub(rf"^src/|^{EXAMPLE}(?=/)", lambda m: "" if m[0] == "src/" else "indicia/example", one): one for one in listed
    }
    found: list[str] = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                if not re.match(r"[^/]+\.(dist-info|data)/", name):
                    found.append(name)
                    if name in wanted and packed.read(name) != (ROOT / wanted[name]).read_bytes():
                        raise SystemExit(f"{wheel.name}: {name} is not what is committed")
    wrong = set(wanted) ^ set(found) | {name for name in found if found.count(name) > 1}
    if wrong:
        raise SystemExit(f"the wheels lack these, have them twice, or should not have them: {sorted(wrong)[:9]}")


def work_together(wheels: Wheels) -> None:
    """Installs the wheels into an empty environment, first the program alone, and reads a text of the example in both.

    What the program requires otherwise is that of this environment. Raises: SystemExit, unless the program alone says in one
    sentence what is missing, and both together read a claim.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv")
        site = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv")}))
        (site / "what_is_required.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
        shutil.copy(ROOT / EXAMPLE / "texts/microsoft.txt", folder / "text.txt")
        _install(wheels.program, folder / "venv")
        alone = _read(folder)
        needed = f"{MODELS['PACKAGE']}=={MODELS['VERSION']}"
        if alone.returncode == 0 or needed not in alone.stderr or alone.stderr.count("\n") > 1:
            raise SystemExit(f"without models the program says:\n{alone.stdout}{alone.stderr}")
        _install(wheels.models, folder / "venv")
        both = _read(folder)
        if both.returncode or '"stance":"accuses"' not in both.stdout.replace(" ", ""):
            raise SystemExit(f"installed, the two wheels read no claim:\n{both.stdout}{both.stderr}")


def write_sboms(wheels: Wheels, dist: Path) -> None:
    """Beside each wheel what is in it: the pinned packages, those of optional parts too, and the weights with their hashes (CycloneDX 1.6, JSON)."""
    with tempfile.TemporaryDirectory() as name:
        pinned = Path(name) / "requirements.txt"
        models = f"{MODELS['PACKAGE']}=={MODELS['VERSION']} --hash=sha256:{_digest(wheels.models)}\n"
        pinned.write_text(f"{dependencies.pins()}\n{models}", "utf-8")
        command = [
            sys.executable,
            "-m",
            "cyclonedx_py",
            "requirements",
            str(pinned),
            "--pyproject",
            str(ROOT / "pyproject.toml"),
        ]
        bill = dist / f"indicia-{VERSION}.cdx.json"
        command += ["--output-reproducible", "--of", "JSON", "-o", str(bill)]
        subprocess.run(command, check=True)
        whole = dependencies.completed(json.loads(bill.read_bytes()))
        bill.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", "utf-8")
    (dist / f"{MODELS['PACKAGE']}-{MODELS['VERSION']}.cdx.json").write_text(_sbom_of_models(wheels.models), "utf-8")


def _sbom_of_models(wheel: Path) -> str:
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.license import DisjunctiveLicense
    from cyclonedx.output.json import JsonV1Dot6

    def component(kind: ComponentType, name: str, version: str, digest: str) -> Component:
        hashes, licence = [HashType(alg=HashAlgorithm.SHA_256, content=digest)], DisjunctiveLicense(id="Apache-2.0")
        return Component(type=kind, name=name, version=version, bom_ref=name, hashes=hashes, licenses=[licence])

    whole = component(ComponentType.LIBRARY, MODELS["PACKAGE"], MODELS["VERSION"], _digest(wheel))
    files = [
        component(ComponentType.MACHINE_LEARNING_MODEL, str(file.relative_to(ROOT / "src")), MODELS["VERSION"], _digest(file))
        for file in weights(ROOT)
    ]
    bom = Bom(metadata=BomMetaData(component=whole), components=files, serial_number=uuid5(NAMESPACE_URL, _digest(wheel)))
    bom.metadata.timestamp = None  # type: ignore[assignment]
    bom.register_dependency(whole, files)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _install(wheel: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", str(folder / "bin/python")]
    command += ["install", "--no-index", "--no-deps", "--ignore-installed", str(wheel)]
    subprocess.run(command, check=True)


def _read(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "venv/bin/indicia"), "read", "--json", "text.txt"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env={"HOME": str(folder), "PATH": ""})


def _hatchling(tree: Path, dist: Path, target: str, more: dict[str, str] | None = None) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(dist)]
    subprocess.run(command, cwd=tree, check=True, stdout=subprocess.DEVNULL, env=os.environ | (more or {}))


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
