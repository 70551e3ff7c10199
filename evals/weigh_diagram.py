"""A reliability diagram as SVG: how often the leader was right by how sure the model was, and how many cases a bin holds."""

from __future__ import annotations

import numpy as np

from indicia.weigh.profiles import Floats

_SIDE, _LEFT, _TOP, _COUNTS = 320, 56, 44, 60
_FONT = 'font-family="system-ui, sans-serif" font-size="12" fill="#222"'


def reliability_svg(sure: Floats, right: Floats, error: float, cases: int, bins: int = 10) -> str:
    """The diagram of `sure` (probability of the leader) against `right` (0 or 1), in `bins` equal bins."""
    at = np.minimum((np.ceil(sure * bins) - 1).clip(0), bins - 1).astype(int)
    held = np.bincount(at, minlength=bins)
    bottom = _TOP + _SIDE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIDE + _LEFT + 24}" height="{bottom + _COUNTS + 64}" role="img">',
        f"<title>Reliability: expected calibration error {error:.3f} over {cases} reports</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24" {_FONT}>Leader right, by its probability ({cases} reports, ECE {error:.3f})</text>',
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>',
        f'<line x1="{_LEFT}" y1="{bottom}" x2="{_LEFT + _SIDE}" y2="{_TOP}" stroke="#888" stroke-dasharray="4 4"/>',
    ]
    for tick in (0, 0.5, 1):
        parts.append(f'<text x="{_LEFT - 8}" y="{bottom - tick * _SIDE + 4:.0f}" text-anchor="end" {_FONT}>{tick:g}</text>')
        parts.append(
            f'<text x="{_LEFT + tick * _SIDE:.0f}" y="{bottom + _COUNTS + 34}" text-anchor="middle" {_FONT}>{tick:g}</text>'
        )
    width = _SIDE / bins
    for number in range(bins):
        if not held[number]:
            continue
        mean, share = float(sure[at == number].mean()), float(right[at == number].mean())
        spread = 1.96 * (share * (1 - share) / held[number]) ** 0.5
        x, y = _LEFT + mean * _SIDE, bottom - share * _SIDE
        low, high = bottom - max(share - spread, 0) * _SIDE, bottom - min(share + spread, 1) * _SIDE
        tall = held[number] / held.max() * _COUNTS
        parts += [
            f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}" stroke="#1f5fa8"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1f5fa8"/>',
            f'<rect x="{_LEFT + number * width + 2:.1f}" y="{bottom + 14 + _COUNTS - tall:.1f}" width="{width - 4:.1f}" '
            f'height="{tall:.1f}" fill="#9bb8d9"/>',
        ]
    parts.append(
        f'<text x="{_LEFT + _SIDE / 2:.0f}" y="{bottom + _COUNTS + 54}" text-anchor="middle" {_FONT}>'
        "probability of the leader; bars: cases</text>"
    )
    return "\n".join([*parts, "</svg>", ""])
