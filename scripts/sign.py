"""Signs the checksums of a release, without a network: `make sign KEY=...`.

    python scripts/sign.py dist KEY

KEY is a private key of OpenSSH, or the public part of one that an agent or a hardware token holds. Only a key that
`release_signers` names will do, and only checksums that are those of all files beside them; what was signed is verified as a
user would.
"""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

SIGNERS = Path(__file__).parents[1] / "release_signers"
NAME = "indicia-release"  # of the signer and of what the signature is for
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"


def sign(dist: Path, key: Path, signers: Path = SIGNERS) -> Path:
    """The signature of the checksums in `dist`. Raises: SystemExit, and then there is none."""
    made = {file.name: sha256(file.read_bytes()).hexdigest() for file in dist.iterdir() if file.name not in (SUMS, SIGNATURE)}
    told = dict(reversed(line.split("  ", 1)) for line in (dist / SUMS).read_text("utf-8").splitlines())
    if made != told:
        wrong = sorted(name for name in made.keys() | told.keys() if made.get(name) != told.get(name))
        raise SystemExit(f"{SUMS} is not of what lies beside it ({', '.join(wrong)}): run make release")
    signature = dist / SIGNATURE
    signature.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", NAME, str(dist / SUMS)], check=True)
    command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", NAME, "-n", NAME, "-s", str(signature)]
    with (dist / SUMS).open("rb") as sums:
        verified = subprocess.run(command, stdin=sums, capture_output=True, text=True)
    if verified.returncode:
        signature.unlink()
        why = (verified.stdout + verified.stderr).strip()
        raise SystemExit(
            f"not signed: {signers.name} does not name this key ({why}); add its line, commit, make the release again"
        )
    return signature


if __name__ == "__main__":
    sys.stdout.write(f"{sign(Path(sys.argv[1]), Path(sys.argv[2]))}\n")
