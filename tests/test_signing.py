"""A release that is signed with a key that the repository names is verified by the commands of SECURITY.md; nothing else is."""

from __future__ import annotations

import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.script_files import ROOT, script

SIGN = script("sign")
pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen (Debian: openssh-client)")
# What a user types, but for the installing.
COMMANDS = re.findall(r"^    ((?:ssh-keygen|sha256sum) .*)$", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE)


def key(folder: Path, name: str) -> Path:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "throw-away", "-f", str(folder / name)]
    subprocess.run(command, check=True)
    return folder / name


def named(signers: Path, key: Path) -> Path:
    signers.write_text(f'# who\n{SIGN.NAME} namespaces="{SIGN.NAME}" {key.with_suffix(".pub").read_text()}')
    return signers


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A release, signed by a key that `release_signers` beside it names."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "indicia-1.whl").write_bytes(b"a wheel")
    sums(folder)
    held = key(tmp_path, "key")
    SIGN.sign(folder, held, named(tmp_path / "release_signers", held))
    shutil.copy(tmp_path / "release_signers", folder / "release_signers")
    return folder


def sums(folder: Path) -> None:
    wheel = folder / "indicia-1.whl"
    (folder / "SHA256SUMS").write_text(f"{sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n")


def verified(folder: Path) -> list[bool]:
    """Whether each command succeeds."""
    return [subprocess.run(one, shell=True, cwd=folder, capture_output=True).returncode == 0 for one in COMMANDS]


def test_a_release_is_verified_as_security_says(dist: Path) -> None:
    assert [one.split()[0] for one in COMMANDS] == ["ssh-keygen", "sha256sum"]
    assert verified(dist) == [True, True]


def test_another_wheel_is_not_verified(dist: Path) -> None:
    (dist / "indicia-1.whl").write_bytes(b"another")
    assert verified(dist) == [True, False]
    sums(dist)
    assert verified(dist) == [False, True]


def test_another_key_is_not_verified(dist: Path, tmp_path: Path) -> None:
    other = key(tmp_path, "other")
    SIGN.sign(dist_without_signers(dist), other, named(tmp_path / "theirs", other))
    shutil.copy(tmp_path / "release_signers", dist)
    assert verified(dist) == [False, True]


def test_a_signature_for_something_else_is_not_verified(dist: Path, tmp_path: Path) -> None:
    (dist / "SHA256SUMS.sig").unlink()
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", tmp_path / "key", "-n", "git", dist / "SHA256SUMS"], check=True)
    assert verified(dist) == [False, True]


def dist_without_signers(dist: Path) -> Path:
    (dist / "release_signers").unlink()
    return dist


def test_only_a_key_that_is_named_signs(dist: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="does not name this key"):
        SIGN.sign(dist_without_signers(dist), key(tmp_path, "other"), tmp_path / "release_signers")
    assert not (dist / "SHA256SUMS.sig").exists()


@pytest.mark.parametrize("name", ["indicia-1.whl", "more.whl"])
def test_only_checksums_of_what_is_there_are_signed(dist: Path, tmp_path: Path, name: str) -> None:
    (dist_without_signers(dist) / name).write_bytes(b"another")
    with pytest.raises(SystemExit, match=name):
        SIGN.sign(dist, tmp_path / "key", tmp_path / "release_signers")
