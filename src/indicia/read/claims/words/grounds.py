"""What a claim rests on as its text says it: technical traces, intelligence, law, politics; and through what channel it was
made."""

from __future__ import annotations

import re

from indicia.read.claims.words.words import lowered
from indicia.records import Basis, Channel, SourceType

__all__ = ["basis_words", "channel_of"]

# in small letters: they are looked for in lowered text
_LEGAL = re.compile(
    r"\b(?:indict\w*|charg(?:e|es|ed|ing)(?! (?:that|d'affaires))|sanction(?:s|ed|ing)?|blacklist\w*|"
    r"designat(?:ed|es|ion|ing)|arrest(?:ed|s|ing)?|warrants?|convict\w*|"
    r"plead(?:s|ed|ing)? guilty|pleads? (?:not )?guilty|guilty|sentenc\w+|prosecut\w+|grand jury|jur(?:y|"
    r"or)|verdict|court|tribunal|criminal complaint|complaint unsealed|unsealed|lawsuit|sued|"
    r"asset freezes?|travel bans?|froze|wanted list|most wanted|extradit\w+|lists? of (?:sanctioned|"
    r"wanted)|affidavit|plea|trial|counts? of|ofac|arraign\w*)\b"
)
_TECHNICAL = re.compile(
    r"\b(?:malware|code(?:base)?|infrastructure|command[- ]and[- ]control|c2|servers?|ip address(?:es)?|"
    r"domains?|certificates?|hash(?:es)?|forensic\w*|telemetry|samples?|"
    r"reverse[- ]engineer\w*|tooling|tools?|ttps|tactics|techniques|tradecraft|compil\w+|time ?stamps?|"
    r"logs?|indicators|metadata|packet|traffic|implants?|loader|encryption key|rsa key|shared key|"
    r"wallets?|blockchain|on-chain|tracing|binar(?:y|ies)|debug|strings|pdb|keyboard layout|"
    r"technical (?:analysis|evidence|findings|indicators|investigation|report|attribution)|passive dns|"
    r"vpn|"
    r"wiping|backdoor|shared code|re-?used|working hours|time zone|artefacts|artifacts|signature|"
    r"obfuscation|c&c|address(?:es)? (?:once|previously|earlier)|target list|overlaps?|login|logins)\b"
)
_TECH_CUE = re.compile(
    r"\b(?:based on|based upon|because|since|given|citing|judging|judged|on the (?:basis|strength|ground)|"
    r"from (?:the|its|their|an?)|after (?:an? )?(?:examin|analy|compar|trac|revers|match|review|finding|"
    r"forensic|technical)\w*|match\w*|overlap\w*|"
    r"shar(?:e|es|ed|ing)|same|identical|reus\w+|re-us\w+|trac(?:ed|es|ing)|forensic\w*|analysis of|"
    r"evidence|similar\w*|resembl\w*|identified by|pointing to|points? (?:to|towards?)|telemetry|"
    r"bears?|hallmarks?|fingerprints?|footing|pattern|correspond\w*|consistent with|rest(?:s|ed|ing)? on|"
    r"rel(?:y|ies|ied|ying) on|saw|observed|spotted|detected|seen|recovered|found|"
    r"links between|persuades?|therefore|so|which is why|hence)\b"
)
_INTELLIGENCE = re.compile(
    r"\b(?:intelligence (?:assessments?|agenc\w+|services?|community|reports?|findings|sources?|gathered|"
    r"collected|officials|partners|shows?|indicates?|that|analysts?)|(?:declassified|classified|signals|"
    r"secret|human|our|own|its|shared|allied|"
    r"new|gathered|western|based on|on the basis of) intelligence|intercept(?:s|ed)|intelligence[- ]led|"
    r"intelligence (?:from|suggests)|secret assessment|intelligence estimate|spy agenc\w+|"
    r"espionage service assess\w*)\b"
)
_POLITICAL = re.compile(
    r"\b(?:solidarity|expel(?:led|s|ling)?|expulsion\w*|summon(?:ed|s|ing)?|demarche|démarche|"
    r"persona non grata|recall(?:ed|ing)? (?:its|the|his|her) ambassador|political decision|sever(?:ed|s|"
    r"ing) (?:diplomatic )?(?:ties|relations)|cut(?:s|ting)? (?:diplomatic )?(?:ties|relations))\b"
)


def basis_words(text: str, start: int, end: int) -> tuple[Basis, tuple[int, int] | None]:
    """The basis that `text[start:end]` gives for its claims and the words for it."""
    low = lowered(text[start:end])
    basis = Basis.LEGAL
    match = _LEGAL.search(low)
    if match is None:
        basis, match = Basis.INTELLIGENCE, _INTELLIGENCE.search(low)
    if match is None:
        basis, match = Basis.TECHNICAL, _TECHNICAL.search(low)
        if match is not None and _TECH_CUE.search(low) is None:
            match = None
    if match is None:
        basis, match = Basis.POLITICAL, _POLITICAL.search(low)
    return (basis, (start + match.start(), start + match.end())) if match else (Basis.NONE_STATED, None)


def channel_of(source: SourceType, basis: Basis, text: str) -> Channel:
    """The kind of act through which the claim was made, as far as its sentence tells."""
    low = text.lower()
    if basis is Basis.LEGAL:
        if re.search(r"sanction|blacklist|designat|asset freeze|travel ban|ofac|froze", low):
            return Channel.SANCTION
        return Channel.INDICTMENT
    if source is SourceType.ANONYMOUS:
        return Channel.ANONYMOUS_MEDIA
    if source is SourceType.COMPANY:
        return (
            Channel.TECHNICAL_REPORT
            if basis is Basis.TECHNICAL or re.search(r"report|blog|advisory|analysis|assess", low)
            else Channel.DIRECT_MEDIA
        )
    if source in (SourceType.GOVERNMENT, SourceType.INTERNATIONAL):
        return Channel.TECHNICAL_REPORT if basis is Basis.TECHNICAL else Channel.POLITICAL_STATEMENT
    if source in (SourceType.GROUP,):
        return Channel.SELF_CLAIM
    if source is SourceType.COURT:
        return Channel.INDICTMENT
    if source is SourceType.PERSON:
        return Channel.DIRECT_MEDIA
    return Channel.UNKNOWN
