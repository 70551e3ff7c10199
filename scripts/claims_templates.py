"""Plain passages made from patterns, as training text beside the hand-written corpus: the everyday ways of accusing, with every slot marked.

`generate(count, seed)` yields passages in the format of corpora/claims. The hand-written corpus is rich in rare turns of phrase; this adds the
common ones in bulk, so that the scorer learns both. Nothing here is used for measuring. All sentences are made up.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from indicia import knowledge


class Fill(NamedTuple):
    """Words for a slot, and what the ledger says of them."""

    text: str
    type: str = ""
    state: str | None = None
    tie: str | None = None  # a hedging word inside: "linked"
    plural: bool = False


FIRST = "Anna Marek Ole Ingrid Paul Maria Tomas Elena Jonas Karin David Laura Peter Sofia Henrik Amir Leila Wei Jun Kenji Yuki Min-jun Ravi Priya Omar Fatima John Sarah James Emily Lucas Clara".split()
LAST = "Novak Berg Hansen Lindqvist Dubois Rossi Kovacs Petersen Okafor Tanaka Suzuki Kim Park Singh Mehta Haddad Moreau Schmidt Weber Jansen Visser Costa Silva Walsh Murphy Turner Clarke Brooks Larsen Ziegler Nowak Horvat".split()
RU_NAMES = "Ivan Sergeyev|Dmitri Volkov|Alexei Morozov|Pavel Orlov|Andrei Kuznetsov|Maksim Belov".split("|")
CN_NAMES = "Zhao Lei|Chen Guoqiang|Wang Jianhua|Liu Feng|Zhang Haoyu|Li Xiaoming".split("|")
IR_NAMES = "Reza Ahmadi|Mehdi Karimi|Hossein Moradi|Ali Rezaei".split("|")
KP_NAMES = "Kim Song Il|Pak Chol Su|Ri Yong Ho".split("|")
VICTIMS = (
    """the foreign ministry|a water utility|the national railway|several hospitals|the parliament's e-mail system|a telecoms operator|two defence contractors|the
 election commission|a chipmaker|the tax authority|a pipeline operator|three banks|the port of Rotterdam|the airport|Orion Logistics|Helios Energy|Northwind Bank|Contoso Health|
 the city of Lund|Baltic Power|the Red Cross|a vaccine maker|opposition politicians|journalists in exile|a crypto exchange|Quantex|the state broadcaster|a nuclear regulator|
 dozens of universities|the central bank|government websites|military networks|a satellite provider|the land registry|parliamentarians|a steel mill|Meridian Airlines""".replace(
        "\n", ""
    )
    .replace("| ", "|")
    .split("|")
)
DO = (
    """broke into {v}|hacked {v}|breached {v}|attacked {v}|infiltrated {v}|stole data from {v}|carried out the attack on {v}|conducted the intrusion at {v}|launched the
 attack on {v}|compromised {v}|spied on {v}|planted malware at {v}|wiped the servers of {v}|had been inside the network of {v} for months|targeted {v}|exploited the flaw to enter
 {v}|knocked {v} offline|was behind the attack on {v}|was responsible for the breach of {v}|orchestrated the hack of {v}|created the malware that hit {v}|robbed {v}|leaked files of {v}|probed
 the mail servers of {v}|encrypted the computers of {v}|ran the phishing campaign against {v}|disrupted {v}|has been targeting {v}|is attacking {v}|hit {v}""".replace(
        "\n", ""
    )
    .replace("| ", "|")
    .split("|")
)
DOING = (
    """breaking into {v}|hacking {v}|stealing data from {v}|attacking {v}|spying on {v}|targeting {v}|carrying out the attack on {v}|compromising {v}|disrupting {v}|planting malware at
 {v}|conspiring to hack {v}|running the campaign against {v}|stealing secrets from {v}""".replace("\n", "")
    .replace("| ", "|")
    .split("|")
)
ACT = (
    """the attack on {v}|the breach of {v}|the intrusion at {v}|the hack of {v}|the cyberattack on {v}|the theft of data from {v}|the campaign against {v}|the compromise of
 {v}|the ransomware attack on {v}|the malware found at {v}|the espionage campaign against {v}|attacks on {v}|the data theft at {v}|the outage at {v}|the leak of files from {v}""".replace(
        "\n", ""
    )
    .replace("| ", "|")
    .split("|")
)
DATES = [
    "on Monday",
    "on Tuesday",
    "on 14 May 2023",
    "in March 2022",
    "this week",
    "last month",
    "today",
    "on Thursday",
    "in a statement",
    "in a blog post",
    "yesterday",
    "in a report",
    "at a press conference",
    "in July 2021",
]

INSIDERS = (
    """a former employee|a disgruntled contractor|a nineteen-year-old student|two teenagers|a former administrator|amateurs from a gaming forum|an
 insider|an access broker|a group of young hackers|extortionists|a 22-year-old developer|a competitor|vandals|a lone hacker|bribed contractors|one of its own
 engineers|a former clerk""".replace("\n", "")
    .replace("| ", "|")
    .split("|")
)
NEW_FIRST = "Black Silent Iron Crimson Electric Night Cyber Ghost Red Paper Velvet Arctic".split()
NEW_LAST = "Shadow Lantern Union Army Brigade Ravens Collective Front Hands Syndicate Squad Foxes".split()
SPEAKING_VICTIMS = (
    """the hospital|the airline|the port authority|the university|the retailer|the brewery|the city|Orion Logistics|Helios Energy|the water utility|Quantex|the
 broadcaster|the railway|the bank|the exchange|the ministry|the newspaper|the school board|Meridian Airlines|a law firm|the pharmacy chain""".replace(
        "\n", ""
    )
    .replace("| ", "|")
    .split("|")
)
OTHER_AFFAIRS = (
    """shelling a hospital|ramming one of its ships|smuggling tobacco|cutting a cable with an anchor|shipping missiles to Iran|poisoning a
 defector|dumping steel|sending drones over its airports|laundering drug money|bribing customs officers|doping its athletes|selling spare parts for fighter jets|the
 explosion at the depot|shooting down a balloon|holding a journalist|the murder of an exile|price fixing|breaking the ceasefire""".replace(
        "\n", ""
    )
    .replace("| ", "|")
    .split("|")
)

SAY = "said|says|stated|told reporters|told parliament|announced|declared|concluded|has concluded|assesses|assessed|believes|reported|disclosed|confirmed|wrote|noted|warned|claimed|alleged|found|judges|maintained|revealed|added"
CUES = [
    ("with high confidence", "high"), ("with a high degree of confidence", "high"), ("with moderate confidence", "moderate"), ("with medium confidence", "moderate"),
    ("with low confidence", "low"),
]  # fmt: skip
ADVERBS = [
    ("almost certainly", "high"),
    ("very likely", "high"),
    ("highly likely", "high"),
    ("probably", "moderate"),
    ("likely", "moderate"),
    ("possibly", "low"),
    ("undoubtedly", "confirmed"),
    ("allegedly", "hedged"),
    ("reportedly", "hedged"),
]

Claim = tuple[str, ...]  # source, stance, accused, then firmness, basis and cue where they are given; "" for nothing


def patterns() -> list[tuple[str, list[Claim]]]:
    """The patterns of `claims_patterns.txt` with their claims; that file says how they are written."""
    out = []
    for line in Path(__file__).with_name("claims_patterns.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        text, _, claims = line.partition("=>")
        rows = [
            tuple("" if part.strip() == "-" else part.strip() for part in claim.split("~"))
            for claim in claims.split(";")
            if claim.strip()
        ]
        out.append((text.strip(), rows))
    return out


class Maker:
    """Fills patterns from what is known."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.patterns = patterns()
        known = knowledge.load()
        self.states = [s for s in known.states if s.capital and s.demonyms and s.code not in ("RU", "CN", "KP", "IR", "BY")]
        western = "US GB DE FR NL NO SE DK FI EE LV LT PL CZ AU NZ CA JP KR SG UA AL BE ES IT IL IN".split()
        self.west = [s for s in self.states if s.code in western]
        self.suspects = {s.code: s for s in known.states if s.code in ("RU", "CN", "KP", "IR")}
        self.agencies = [a for a in known.agencies if a.state in western]
        self.bad = [a for a in known.agencies if a.state in self.suspects and a.kind in ("intelligence", "military")]
        self.vendors = [v for v in known.vendors if v.kind in ("security", "research", "platform")]
        self.media = [v.name for v in known.vendors if v.kind == "media"] or ["Reuters"]
        self.actors = [a for a in known.actors if a.state in self.suspects and a.group] + [
            a for a in known.actors if a.kind == "criminal"
        ][:60]

    def person(self) -> str:
        return f"{self.r.choice(FIRST)} {self.r.choice(LAST)}"

    def source(self) -> Fill:
        r = self.r
        s = r.choice(self.west if r.random() < 0.7 else self.states)
        demonym = s.demonyms[0]
        the = "the " if s.name.startswith("United") else ""
        pick = r.random()
        if pick < 0.16:
            return Fill(the + s.name, "government", s.code)
        if pick < 0.27:
            return Fill(s.capital or s.name, "government", s.code)
        if pick < 0.4:
            a = r.choice(self.agencies)
            name = r.choice([a.name, *a.names])
            article = "the " if not name.startswith("The ") and (" " in name or r.random() < 0.4) else ""
            return Fill(article + name, "government", a.state)
        if pick < 0.5:
            body = r.choice(
                [
                    "foreign ministry",
                    "government",
                    "interior ministry",
                    "intelligence service",
                    "cyber agency",
                    "security service",
                    "defence ministry",
                    "police",
                    "national cyber security centre",
                    "prime minister",
                    "president",
                    "interior minister",
                    "digital minister",
                    "foreign minister",
                    "prosecutors",
                    "federal prosecutor",
                    "ambassador to the United Nations",
                ]
            )
            name = f" {self.person()}" if body.endswith(("minister", "president")) and r.random() < 0.5 else ""
            lead = r.choice([f"{s.name}'s ", f"the {demonym} "])
            return Fill(lead + body + name, "government", s.code)
        if pick < 0.58:
            title = r.choice(
                [
                    "Foreign Minister",
                    "Prime Minister",
                    "Interior Minister",
                    "President",
                    "Defence Secretary",
                    "Foreign Secretary",
                    "White House spokeswoman",
                    "National security adviser",
                    "a spokesman for the {d} government",
                    "the deputy national security adviser",
                    "the head of {s}'s cyber agency",
                ]
            )
            title = title.format(d=demonym, s=s.name)
            return Fill(title if title[0].islower() else f"{title} {self.person()}", "government", s.code)
        if pick < 0.66:
            return Fill(
                r.choice(
                    [
                        "the European Union",
                        "the EU",
                        "NATO",
                        "the European Commission",
                        "the Council of the EU",
                        "EU foreign policy chief " + self.person(),
                        "the EU's high representative",
                        "the UN panel of experts",
                        "Brussels",
                    ]
                ),
                "international organisation",
            )
        if pick < 0.9:
            v = r.choice(self.vendors).name
            return Fill(
                r.choice(
                    [
                        v,
                        v,
                        v,
                        f"{v} researchers",
                        f"researchers at {v}",
                        f"analysts at {v}",
                        f"{v}'s threat team",
                        f"the security firm {v}",
                        f"an analyst at {v}",
                        "the company",
                        "we",
                        f"{v}'s chief executive",
                    ]
                ),
                "company",
            )
        return Fill(
            r.choice(
                [
                    self.person(),
                    f"{self.person()}, a security researcher",
                    "one researcher",
                    "independent researchers",
                    "Senator " + self.person(),
                    f"{self.person()} of the University of {r.choice(LAST)}",
                    "an independent analyst",
                ]
            ),
            "person",
        )

    def hostile(self) -> tuple[str, str]:
        s = self.suspects[self.r.choice(["RU", "RU", "CN", "CN", "KP", "IR"])]
        return s.code, s.demonyms[0]

    def group(self) -> Fill:
        r = self.r
        code, demonym = self.hostile()
        s = self.suspects[code]
        head = r.choice(
            [
                "hackers",
                "hacking groups",
                "cyber spies",
                "actors",
                "operators",
                "cyber actors",
                "intruders",
                "threat actors",
                "spies",
            ]
        )
        pick = r.random()
        if pick < 0.3:
            tie = r.choice(["linked", "aligned", "affiliated", "nexus"])
            base = r.choice([s.name, s.capital])
            return Fill(f"{base}-{tie} {head}", "group", code, f"{base}-{tie}", True)
        if pick < 0.5:
            return Fill(f"{base_of(s, r)}-{r.choice(['backed', 'sponsored', 'directed'])} {head}", "group", code, None, True)
        if pick < 0.65:
            return Fill(
                f"{demonym} {r.choice(['state-sponsored', 'state-backed', 'government', 'military', 'state'])} {head}",
                "group",
                code,
                None,
                True,
            )
        if pick < 0.8:
            return Fill(f"{demonym} {head}", "group", code, None, True)
        if pick < 0.9:
            return Fill(
                f"hackers {r.choice(['working for', 'acting for', 'directed by', 'employed by'])} {base_of(s, r)}",
                "group",
                code,
                None,
                True,
            )
        tie = r.choice(["linked to", "tied to", "affiliated with"])
        return Fill(f"hackers {tie} {base_of(s, r)}", "group", code, tie, True)

    def accused(self) -> Fill:
        r = self.r
        pick = r.random()
        code, demonym = self.hostile()
        s = self.suspects[code]
        if pick < 0.14:
            return Fill(s.name, "state", code)
        if pick < 0.2:
            return Fill(s.capital or s.name, "state", code)
        if pick < 0.27:
            return Fill(
                r.choice(
                    [f"the {demonym} government", f"the {demonym} state", f"the government of {s.name}"]
                    + (["the Kremlin"] if code == "RU" else [])
                ),
                "state",
                code,
            )
        if pick < 0.42 and self.bad:
            a = r.choice(self.bad)
            name = r.choice([a.name, *a.names])
            owner = self.suspects[a.state or "RU"]
            return Fill(
                r.choice(
                    [
                        f"{owner.name}'s {name}",
                        f"the {name}",
                        f"{owner.demonyms[0]} military intelligence",
                        f"{owner.name}'s foreign intelligence service",
                        f"{owner.demonyms[0]} intelligence services",
                    ]
                ),
                "agency",
                a.state,
            )
        if pick < 0.7:
            return self.actor()
        if pick < 0.9:
            return self.group()
        return Fill(
            r.choice(
                [
                    "Russian criminals",
                    "a Russian-speaking gang",
                    "a ransomware gang",
                    "Russian cybercriminals",
                    "a criminal group in Russia",
                    "criminals operating from Russia",
                ]
            ),
            "criminal",
            "RU" if r.random() < 2 else None,
        )

    def actor(self) -> Fill:
        r = self.r
        a = r.choice(self.actors)
        names = [x for x in (a.name, *(alias.name for alias in a.aliases)) if 3 < len(x) < 24 and x[0].isupper()] or [a.name]
        name = r.choice(names[:4])
        kind = "criminal" if a.kind == "criminal" else "group"
        pick = r.random()
        if pick < 0.7 or kind == "criminal":
            return Fill(name if kind == "group" or r.random() < 0.7 else f"the {name} gang", kind, a.state)
        s = self.suspects.get(a.state or "")
        if s is None:
            return Fill(name, kind, a.state)
        if pick < 0.8:
            return Fill(f"{s.name}-linked {name}", kind, a.state, f"{s.name}-linked")
        if pick < 0.9:
            return Fill(f"{name}, a group {r.choice(['backed by', 'working for'])} {s.name}", kind, a.state)
        return Fill(f"the {s.demonyms[0]} group {name}", kind, a.state)

    def defendant(self) -> Fill:
        r = self.r
        code, demonym = self.hostile()
        name = r.choice({"RU": RU_NAMES, "CN": CN_NAMES, "IR": IR_NAMES, "KP": KP_NAMES}[code])
        return r.choice(
            [
                Fill(name, "person", code),
                Fill(f"{name}, a {demonym} national", "person", code),
                Fill(
                    f"{r.choice(['two', 'three', 'six', 'four'])} {demonym} {r.choice(['nationals', 'intelligence officers', 'military officers', 'citizens'])}",
                    "person",
                    code,
                ),
                Fill(f"{demonym} national {name}", "person", code),
            ]
        )

    def denier(self) -> Fill:
        r = self.r
        code, demonym = self.hostile()
        s = self.suspects[code]
        return Fill(
            r.choice(
                [
                    s.name,
                    s.capital or s.name,
                    f"{s.name}'s foreign ministry",
                    f"the {demonym} foreign ministry",
                    f"a {demonym} foreign ministry spokesperson",
                    f"the {demonym} embassy in London",
                    f"{s.name}'s mission to the United Nations",
                    f"the {demonym} government",
                ]
                + (["the Kremlin", "Kremlin spokesman Dmitry Peskov"] if code == "RU" else [])
            ),
            "government",
            code,
        )

    def make(self, number: int) -> dict[str, Any]:
        r = self.r
        pattern, claims = r.choice(self.patterns)
        slots: dict[str, Fill] = {}
        choices: dict[str, str] = {}

        def choose(match: re.Match[str]) -> str:
            whole = match.group()
            if whole not in choices:
                choices[whole] = r.choice(match.group(1).split("|"))
            return choices[whole]

        pattern = re.sub(r"\{([^{}<>]*)\}", choose, pattern)
        pattern = re.sub(r"\{([^{}]*)\}", choose, pattern)
        cue: tuple[str, str] | None = None
        text = ""
        where: dict[str, tuple[int, int]] = {}
        victim = r.choice(VICTIMS)
        plural_subject = False
        for piece in re.split(r"(<\w+>)", pattern):
            if not piece.startswith("<"):
                text += piece
                continue
            slot = piece[1:-1]
            fill: Fill
            if slot in ("S", "T", "U"):
                fill = self.source()
            elif slot in ("A", "B"):
                fill = self.accused()
            elif slot == "AG":
                fill = self.group()
            elif slot in ("AX", "AX2"):
                fill = self.actor()
            elif slot == "AP":
                fill = self.defendant()
            elif slot == "AS":
                code, _ = self.hostile()
                fill = Fill(self.suspects[code].name, "state", code)
            elif slot == "NS":
                fill = self.denier()
            elif slot == "IN":
                fill = Fill(r.choice(INSIDERS), "person")
            elif slot == "NG":
                fill = Fill(f"{r.choice(NEW_FIRST)} {r.choice(NEW_LAST)}", "group")
            elif slot == "VSC":
                fill = Fill(r.choice(SPEAKING_VICTIMS), "company")
            elif slot == "OFF":
                fill = Fill(r.choice(OTHER_AFFAIRS))
            elif slot == "ACTS":
                fill = Fill(r.choice(["the attack", "the breach of its network", "the theft of its files", "the intrusion"]))
            elif slot == "DOINGS":
                fill = Fill(r.choice(["hacking its servers", "stealing its customers' data", "breaking into its network"]))
            elif slot == "DOPAST":
                fill = Fill(
                    r.choice(["had spied on {v}", "had broken into {v}", "attacked {v}", "stole the data of {v}"]).format(
                        v=victim
                    )
                )
            elif slot == "M":
                fill = Fill(r.choice(self.media))
            elif slot == "SAY":
                fill = Fill(r.choice(SAY.split("|")))
            elif slot == "D":
                fill = Fill(r.choice(DATES))
            elif slot in ("C", "P"):
                cue = r.choice(CUES if slot == "C" else ADVERBS)
                fill = Fill(cue[0])
            elif slot in ("V", "V0"):
                fill = Fill(victim)
            elif slot in ("ACT", "ACTC"):
                fill = Fill(r.choice(ACT).format(v=victim))
            elif slot == "DO":
                words = r.choice(DO).format(v=victim)
                if plural_subject:
                    words = re.sub(
                        r"^was\b", "were", re.sub(r"^(?:has|is)\b", lambda m: {"has": "have", "is": "are"}[m.group()], words)
                    )
                fill = Fill(words)
            elif slot == "DOPP":
                fill = Fill(
                    r.choice(
                        [
                            "broken into {v}",
                            "hacked {v}",
                            "targeted {v}",
                            "stolen data from {v}",
                            "attacked {v}",
                            "compromised {v}",
                        ]
                    ).format(v=victim)
                )
            else:
                fill = Fill(r.choice(DOING).format(v=victim))
            words = fill.text
            if not text or text.endswith((". ", "? ", "“", '"')) and (len(text) < 3 or text[-2:-1] in (".", "?")):
                words = words[0].upper() + words[1:]
            if text in ("“", '"'):
                words = words[0].upper() + words[1:]
            where[slot] = (len(text), len(text) + len(words))
            text += words
            slots[slot] = fill
            if slot in ("A", "AG", "AX"):
                plural_subject = fill.plural
        text = re.sub(r" {2,}", " ", text) if "  " not in text else text
        rows = []
        for claim in claims:
            source, stance, accused, firmness, basis, cue_words = (*claim, "", "", "")[:6]
            row = self._row(
                text, where, slots, choices, source, stance, accused, firmness or None, basis or None, cue_words or None, cue
            )
            if row is None:
                return self.make(number)
            rows.append(row)
        return {"id": f"t{number:05d}", "style": "pattern", "incident": None, "text": text, "claims": rows}

    def _row(self, text: str, where: dict[str, tuple[int, int]], slots: dict[str, Fill], choices: dict[str, str], source: str, stance: str,
             accused: str, firmness: str | None, basis: str | None, cue_words: str | None, cue: tuple[str, str] | None) -> dict[str, Any] | None:  # fmt: skip
        def place(name: str) -> tuple[int, int] | None:
            if name in where:
                return where[name]
            words = choices.get(name, name)
            at = text.find(words)
            return (at, at + len(words)) if at >= 0 else None

        spans: dict[str, Any] = {}
        types = {}
        for role, name in (("source", source), ("accused", accused)):
            if not name:
                continue
            span = place(name)
            if span is None and name == "it":
                span = place("It")
            if span is None:
                return None
            spans[role] = list(span)
            types[role] = slots[name].type if name in slots else ""
        filled = slots.get(accused)
        cue_span = None
        level = firmness or "none"
        if stance == "accuses" and cue is not None:
            level = cue[1]
            cue_span = place(cue[0])
        elif stance == "accuses" and cue_words:
            cue_span = next((s for s in (place(w) for w in re.split(r"[{}|]", cue_words) if w) if s), None)
        elif stance == "accuses" and filled is not None and filled.tie and level == "none":
            level, cue_span = "hedged", place(filled.tie)
        if cue_span:
            spans["firmness_cue"] = list(cue_span)
        for slot in ("ACT", "ACTC", "DO", "DOING", "DOPP"):
            if slot in where:
                spans["act"] = list(where[slot])
                break
        source_type = types.get("source") or (
            "media"
            if not source
            else "government"
            if source.startswith(("The embassy",))
            else "anonymous official"
            if "official" in source
            else ""
        )
        return {
            "source": text[slice(*spans["source"])] if source else None, "source_type": source_type, "stance": stance,
            "accused": text[slice(*spans["accused"])] if accused else None,
            "accused_type": (types.get("accused") or "") if accused and accused != "NS" else "state" if accused else "unknown",
            "firmness": level, "basis": basis or ("none stated"), "quote_start": 0, "quote_end": len(text), "spans": spans,
        }  # fmt: skip


def base_of(state: Any, r: random.Random) -> str:
    return r.choice([state.name, state.capital])


def generate(count: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` passages, always the same for the same seed and knowledge."""
    maker = Maker(seed)
    for number in range(count):
        item = maker.make(number)
        if maker.r.random() < 0.3:  # two in a row, so that one sentence's words are another's context
            item = _after_each_other(item, maker.make(number))
        yield item


def _after_each_other(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    text = one["text"] if one["text"][-1] in ".?!”" else one["text"] + "."
    shift = len(text) + 1
    moved = [
        {**claim, "quote_start": shift, "quote_end": claim["quote_end"] + shift,
         "spans": {name: [a + shift, b + shift] for name, (a, b) in claim["spans"].items()}}
        for claim in other["claims"]
    ]  # fmt: skip
    return {**one, "text": f"{text} {other['text']}", "claims": [*one["claims"], *moved]}


if __name__ == "__main__":
    for item in generate(40, 3):
        print(item["text"])
        for claim in item["claims"]:
            print(
                "    ",
                claim["stance"],
                "|",
                claim["source"],
                "->",
                claim["accused"],
                "|",
                claim["firmness"],
                claim["basis"],
                claim["source_type"],
                claim["accused_type"],
            )
