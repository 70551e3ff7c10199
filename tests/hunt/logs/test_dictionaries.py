"""An archive that asks for more memory than any packer needs is told, and what stands beside it is read."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
from pathlib import Path

import pytest

from indicia.hunt.run import hunt
from indicia.read.fronts import open_source
from indicia.walking import MOST_DICTIONARY

LOG = b"#Software: IIS\n#Fields: date time cs-method cs-uri-stem c-ip sc-status\n2021-03-03 06:00:00 GET /x 192.0.2.7 200\n"
FITTING = (8 << 20, MOST_DICTIONARY)


def zipped(name: str, content: bytes, dictionary: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as file:
        file.writestr(name, content)
        file.writestr(f"other-{name}", content)
    data = bytearray(out.getvalue())
    name_length, more = struct.unpack("<HH", data[26:30])
    at = 30 + name_length + more + 5
    data[at : at + 4] = struct.pack("<I", dictionary)
    return bytes(data)


@pytest.mark.parametrize("dictionary", [*FITTING, MOST_DICTIONARY + 1, 2**32 - 1])
def test_a_member_of_a_zip(dictionary: int, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped("a.log", LOG, dictionary))
    found = hunt([tmp_path / "a.zip"], jobs=1)
    assert len([file for file in found.files if file.events]) == 1 + (dictionary in FITTING)
    assert bool(found.problems) is (dictionary not in FITTING)


@pytest.mark.parametrize("dictionary", [*FITTING, 2**32 - 1])
def test_a_text_in_a_zip(dictionary: int, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped("a.txt", b"The EU accused Russia.", dictionary))
    opened = open_source(tmp_path / "a.zip")
    assert len(opened.documents) == 1 + (dictionary in FITTING) and bool(opened.problems) is (dictionary not in FITTING)


@pytest.mark.parametrize("dictionary", [64 << 20, 512 << 20])
def test_an_xz(dictionary: int, tmp_path: Path) -> None:
    kind = {"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": dictionary}
    (tmp_path / "a.log.xz").write_bytes(lzma.compress(LOG, filters=[kind]))
    found = hunt([tmp_path / "a.log.xz"], jobs=1)
    assert bool(found.problems) is (dictionary > MOST_DICTIONARY)
    assert any(file.events for file in found.files) is (dictionary < MOST_DICTIONARY)
