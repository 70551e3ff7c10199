"""Plain passages made from patterns, as training text beside the hand-written corpus: the everyday ways of accusing, with every slot marked.

`generate(count, seed)` yields passages in the format of corpora/claims. The hand-written corpus is rich in rare turns of phrase; this adds the
common ones in bulk, so that the scorer learns both. Nothing here is used for measuring. All sentences are made up.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
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
VICTIMS = """the foreign ministry|a water utility|the national railway|several hospitals|the parliament's e-mail system|a telecoms operator|two defence contractors|the
 election commission|a chipmaker|the tax authority|a pipeline operator|three banks|the port of Rotterdam|the airport|Orion Logistics|Helios Energy|Northwind Bank|Contoso Health|
 the city of Lund|Baltic Power|the Red Cross|a vaccine maker|opposition politicians|journalists in exile|a crypto exchange|Quantex|the state broadcaster|a nuclear regulator|
 dozens of universities|the central bank|government websites|military networks|a satellite provider|the land registry|parliamentarians|a steel mill|Meridian Airlines""".replace(
    "\n", ""
).split("|")
DO = """broke into {v}|hacked {v}|breached {v}|attacked {v}|infiltrated {v}|stole data from {v}|carried out the attack on {v}|conducted the intrusion at {v}|launched the
 attack on {v}|compromised {v}|spied on {v}|planted malware at {v}|wiped the servers of {v}|had been inside the network of {v} for months|targeted {v}|exploited the flaw to enter
 {v}|knocked {v} offline|was behind the attack on {v}|was responsible for the breach of {v}|orchestrated the hack of {v}|created the malware that hit {v}|robbed {v}|leaked files of {v}|probed
 the mail servers of {v}|encrypted the computers of {v}|ran the phishing campaign against {v}|disrupted {v}|has been targeting {v}|is attacking {v}|hit {v}""".replace(
    "\n", ""
).split("|")
DOING = """breaking into {v}|hacking {v}|stealing data from {v}|attacking {v}|spying on {v}|targeting {v}|carrying out the attack on {v}|compromising {v}|disrupting {v}|planting malware at
 {v}|conspiring to hack {v}|running the campaign against {v}|stealing secrets from {v}""".replace("\n", "").split("|")
ACT = """the attack on {v}|the breach of {v}|the intrusion at {v}|the hack of {v}|the cyberattack on {v}|the theft of data from {v}|the campaign against {v}|the compromise of
 {v}|the ransomware attack on {v}|the malware found at {v}|the espionage campaign against {v}|attacks on {v}|the data theft at {v}|the outage at {v}|the leak of files from {v}""".replace(
    "\n", ""
).split("|")
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

SAY = "said|says|stated|told reporters|told parliament|announced|declared|concluded|has concluded|assesses|assessed|believes|reported|disclosed|confirmed|wrote|noted|warned|claimed|alleged|found|judges|maintained|revealed|added"
SAY_THAT = SAY.replace("claimed|", "claimed|determined|has determined|")
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

# A pattern and its claims: (source slot or "", stance, accused slot or ""). Slots: S T source; A B accused; DO DOING ACT; D a time or place; C a
# confidence phrase; P an adverb; {a|b} a choice. A claim may carry firmness and basis: ("S", "accuses", "A", "hedged", "technical", cue slot).
Claim = tuple[Any, ...]
PATTERNS: list[tuple[str, list[Claim]]] = [
    ("<S> {accused|has accused|accuses|publicly accused|on Monday accused} <A> of <DOING>.", [("S", "accuses", "A")]),
    ("<S> {accused|accuses} <A> and <B> of <DOING>.", [("S", "accuses", "A"), ("S", "accuses", "B")]),
    ("<S> and <T> {accused|jointly accused|have accused} <A> of <DOING>.", [("S", "accuses", "A"), ("T", "accuses", "A")]),
    ("<S>, <T> and <U> {blamed|jointly blamed|have blamed} <A> <D> for <ACT>.", [("S", "accuses", "A"), ("T", "accuses", "A"), ("U", "accuses", "A")]),
    ("<S> {blamed|blames|has blamed|formally blamed} <A> for <ACT>.", [("S", "accuses", "A")]),
    ("<S> {blamed|blames} <ACT> on <A>.", [("S", "accuses", "A")]),
    ("<S> {attributed|attributes|ascribed|has attributed|attribute} <ACT> to <A>.", [("S", "accuses", "A")]),
    ("<S> {attributed|attributes|ascribes} <ACT> to <A> <C>.", [("S", "accuses", "A")]),
    ("<S> {attributed|attributes} <ACT> to <A> and <B>.", [("S", "accuses", "A"), ("S", "accuses", "B")]),
    ("<S> {linked|links|has linked|tied|ties|connected|connects} <ACT> to <A>.", [("S", "accuses", "A", "hedged", None, "{linked|links|tied|ties|connected|connects}")]),
    ("<S> {traced|traces|has traced} <ACT> {back to|to} <A>.", [("S", "accuses", "A")]),
    ("<S> {pinned|pins} <ACT> on <A>.", [("S", "accuses", "A")]),
    ("<S> {named|identified|singled out} <A> as {the culprit|the group|the actor|the party|the attacker} behind <ACT>.", [("S", "accuses", "A")]),
    ("<S> {named|identified} <A> <D> as the {power|force|perpetrator|hackers} behind <ACT>.", [("S", "accuses", "A")]),
    ("<S> {pointed the finger at|points the finger at|also pointed the finger at} <A> {over|for} <ACT>.", [("S", "accuses", "A")]),
    ("<S> and <T> also pointed the finger at <A>.", [("S", "accuses", "A"), ("T", "accuses", "A")]),
    ("<S> {condemned|condemns|strongly condemned} <A> for <ACT>.", [("S", "accuses", "A")]),
    ("<S> {condemned|condemns|strongly condemned} <ACT> by <A>.", [("S", "accuses", "A")]),
    ("<S> {called out|calls out} <A> over <ACT>.", [("S", "accuses", "A")]),
    ("<S> {holds|held} <A> responsible for <ACT>.", [("S", "accuses", "A")]),
    ("<S> <SAY> <A> <DO>.", [("S", "accuses", "A")]),
    ("<S> <SAY> that <A> <DO>.", [("S", "accuses", "A")]),
    ("<S> <SAY> <D> that <A> <DO>.", [("S", "accuses", "A")]),
    ("<S> {assesses|assessed|judges|concluded|believes} <C> that <A> <DO>.", [("S", "accuses", "A")]),
    ("<S> {said|says|assessed|concluded} <A> was <P> behind <ACT>.", [("S", "accuses", "A")]),
    ("<S> {said|says|assessed|concluded} that <A> was <P> responsible for <ACT>.", [("S", "accuses", "A")]),
    ("<S> {said|assessed} it was <P> that <A> <DO>.", [("S", "accuses", "A")]),
    ("<S> {said|says|concluded} <ACT> {was carried out|was conducted|was orchestrated|was directed} by <A>.", [("S", "accuses", "A")]),
    ("<S> {said|says|concluded|has concluded} that <ACT> {came from|originated in|was the work of|was the doing of|bore the hallmarks of} <A>.", [("S", "accuses", "A")]),
    ("<S> {said|says} <ACT> could be linked to <A>.", [("S", "accuses", "A", "hedged", None, "could be linked")]),
    ("<A> <DO>, <S> {said|says|told reporters|announced|wrote|assesses|believes|has found|reported}.", [("S", "accuses", "A")]),
    ("<A> <DO>, {said|says|wrote|according to} <S>.", [("S", "accuses", "A")]),
    ("According to <S>, <A> <DO>.", [("S", "accuses", "A")]),
    ("In <S>'s {view|assessment|judgement}, <A> <DO>.", [("S", "accuses", "A")]),
    ("“<A> <DO>,” <S> {said|told reporters|told the BBC}.", [("S", "accuses", "A")]),
    ("“<A> <DO>,” said <S>. “We will respond.”", [("S", "accuses", "A")]),
    ("“The pattern,” {said|explained} <S>, “is familiar: <A> <DO>.”", [("S", "accuses", "A")]),
    ("\"<ACTC> was {carried out|ordered|directed} by <A>,\" <S> said.", [("S", "accuses", "A")]),
    ("<S>: <A> <DO>", [("S", "accuses", "A")]),
    ("<A> {behind|hacked|breached|hit} {<V>|<ACT>}, <S> says", [("S", "accuses", "A")]),
    ("<ACTC> {was|has been|were} {attributed|pinned on|traced|blamed on} {to|} <A> by <S>.", [("S", "accuses", "A")]),
    ("<ACTC> was {quickly|rapidly|widely|publicly|} attributed to <A> by <S>.", [("S", "accuses", "A")]),
    ("<ACTC> has been attributed to <A>.", [("", "accuses", "A")]),
    ("<ACTC> was blamed on <A>.", [("", "accuses", "A")]),
    ("<A> has been blamed for <ACT>.", [("", "accuses", "A")]),
    ("<A> is {believed|thought} to be behind <ACT>.", [("", "accuses", "A", "hedged", None, "{believed|thought} to be")]),
    ("<A> is suspected of <DOING>.", [("", "accuses", "A", "hedged", None, "suspected")]),
    ("Suspicion {fell|has fallen} on <A> after <ACT>.", [("", "accuses", "A", "hedged", None, "Suspicion")]),
    ("Responsibility for <ACT> was laid at the door of <A>.", [("", "accuses", "A")]),
    ("<A> <DO>.", [("", "accuses", "A")]),
    ("<A> <DO>. The ministry has restored its systems.", [("", "accuses", "A")]),
    ("<AG> hack <V>, stay for months", [("", "accuses", "AG")]),
    ("<AG> <DO>", [("", "accuses", "AG")]),
    ("<ACTC> {involved|was led by|has involved} <A>.", [("", "accuses", "A")]),
    ("<A> was {accused|blamed} by <S> {of|for} <DOING>.", [("S", "accuses", "A")]),
    ("<S> {sees|saw|sees strong} {links|connections|overlaps} between <A> and <ACT>.", [("S", "accuses", "A", "hedged", None, "{links|connections|overlaps}")]),
    ("<S> has {seen|spotted|observed|caught} <A> <DOING>.", [("S", "accuses", "A", None, "technical")]),
    ("<S> {considers|deems|regards|calls} <A> the {culprit|likely culprit|thief|author} in <ACT>.", [("S", "accuses", "A")]),
    ("<S> {suspects|suspect} <A> of <DOING>.", [("S", "accuses", "A", "hedged", None, "{suspects|suspect}")]),
    ("Because of shared code and infrastructure, <S> {attributes|attributed} <ACT> to <A>.", [("S", "accuses", "A", None, "technical")]),
    ("<S> {attributes|attributed|links} <ACT> to <A> on the basis of {overlapping infrastructure|shared code|reused malware|forensic evidence|the same command servers}.", [("S", "accuses", "A", None, "technical")]),
    ("Based on {intelligence|its own intelligence|classified intelligence}, <S> said <A> <DO>.", [("S", "accuses", "A", None, "intelligence")]),
    ("<S>'s analysis of the malware {points to|pointed to} <A>.", [("S", "accuses", "A", "hedged", "technical", "{points to|pointed to}")]),
    ("<S> {charged|indicted|has charged} <AP> {with|for} <DOING>.", [("S", "accuses", "AP", None, "legal")]),
    ("<AP> was {charged|indicted} by <S> <D> with <DOING>.", [("S", "accuses", "AP", None, "legal")]),
    ("<S> {sanctioned|blacklisted|designated|imposed sanctions on|has sanctioned} <A> {for|over} <ACT>.", [("S", "accuses", "A", None, "legal")]),
    ("<S> {sanctioned|blacklisted} <A> and <AP> {for|over} <ACT>.", [("S", "accuses", "A", None, "legal"), ("S", "accuses", "AP", None, "legal")]),
    ("<S> added <A> to its sanctions list over <ACT>.", [("S", "accuses", "A", None, "legal")]),
    ("<S> put <AP> on a wanted list over <ACT>.", [("S", "accuses", "AP", None, "legal")]),
    ("<S> imposed {sanctions on|an asset freeze on} <A> {for|over} <ACT> and on <AP> for <DOING>.", [("S", "accuses", "A", None, "legal"), ("S", "accuses", "AP", None, "legal")]),
    ("<S> listed two people and one entity, among them <A> for <ACT>.", [("S", "accuses", "A", None, "legal")]),
    ("<AP> pleaded guilty to <DOING>, according to <S>.", [("S", "accuses", "AP", "confirmed", "legal", "pleaded guilty")]),
    ("An indictment unsealed by <S> accuses <AP> of <DOING>.", [("S", "accuses", "AP", None, "legal")]),
    ("<S> {urged|called on} <AS> to act against <A>, which it said had <DOPP>.", [("S", "accuses", "A")]),
    ("<S> {summoned|has summoned} the ambassador after <ACT>, which it {blames|blamed} on <A>.", [("S", "accuses", "A")]),
    ("<S> published a report <D>. It {said|says|concludes} <A> <DO>.", [("it", "accuses", "A")]),
    ("<S> spoke <D>. {He|She} said <A> <DO>.", [("{He|She}", "accuses", "A")]),
    ("<ACTC> came to light <D>. <S> {said|says} the group responsible was <A>.", [("S", "accuses", "A")]),
    ("<A> is not new. The group <DO>, <S> {said|says}.", [("S", "accuses", "The group")]),
    ("<A> has been active for years. <S> said the group <DO>.", [("S", "accuses", "the group")]),
    ("<M>, citing {two officials|people familiar with the matter|three sources|unnamed officials}, reported that <S> {had concluded|has concluded|believes} that <A> <DO>.", [("S", "accuses", "A")]),
    ("<M> reported that <S> {had concluded|concluded|believes} <A> <DO>.", [("S", "accuses", "A")]),
    ("A spokesperson said <S> {had concluded|believes|has concluded} that <A> <DO>.", [("S", "accuses", "A")]),
    ("Two sources said <S> {believe|believes} <A> <DO>, <M> {reported|wrote}.", [("S", "accuses", "A")]),
    ("{A senior official|An official|A U.S. official|One official} said <A> <DO>.", [("{A senior official|An official|A U.S. official|One official}", "accuses", "A")]),
    # endorsements
    ("<S> {endorsed|backed|supports|supported|echoed|welcomed} {the finding of <T>|<T>'s finding|the assessment of <T>|<T>'s conclusion} that <A> <DO>.", [("S", "endorses", "A"), ("T", "accuses", "A")]),
    ("<S> said it {supported|shared|backed|endorsed} the {American|British|Dutch|Czech|Norwegian} {finding|assessment|conclusion} that <A> <DO>.", [("S", "endorses", "A")]),
    ("<S> and <T> each said they {supported|backed} the finding that <A> <DO>.", [("S", "endorses", "A"), ("T", "endorses", "A")]),
    ("<S> {declared|expressed} solidarity with <T> after it {blamed|accused} <A> {for|of} <DOING>.", [("S", "endorses", "A"), ("T", "accuses", "A")]),
    ("<S> and <T> expressed solidarity with <U>, which {attributed|pinned} <ACT> {to|on} <A>.", [("S", "endorses", "A"), ("T", "endorses", "A"), ("U", "accuses", "A")]),
    ("<S> {joined|stands with} <T> in {condemning|blaming} <A> for <ACT>.", [("S", "endorses", "A"), ("T", "accuses", "A")]),
    ("<S> {expressed|voiced} its support for <T> and its {judgement|attribution} about <A>.", [("S", "endorses", "A")]),
    ("<S> {acknowledged|noted} the statements by allies that {attribute|attributed} <ACT> to <A>.", [("S", "endorses", "A")]),
    # denials
    ("<NS> {denied|denies|has denied|flatly denied} any {role|part|involvement} in <ACT>.", [("NS", "denies", "NS")]),
    ("<NS> {denied|rejected|dismissed} the {accusation|allegation|claim|charge|accusations|allegations} as {baseless|groundless|unfounded|slander|absurd}.", [("NS", "denies", "NS")]),
    ("<NS> {denied|rejected|dismissed} {accusations|allegations|claims} by <S> {that it|of} <DOING>.", [("NS", "denies", "NS"), ("S", "accuses", "NS")]),
    ("<NS> {rejected|dismissed|denied} <S>'s {accusation|allegation|claim}, calling it {baseless|groundless|politically motivated}.", [("NS", "denies", "NS"), ("S", "accuses", "NS")]),
    ("<NS> said it had nothing to do with <ACT>.", [("NS", "denies", "NS")]),
    ("<NS> called the {allegation|accusations|report|charges} {groundless|baseless|unfounded|a smear}.", [("NS", "denies", "NS")]),
    ("“We have nothing to do with this,” <NS> said.", [("NS", "denies", "NS")]),
    ("{Moscow|Russia|The Kremlin} denies {role|hand} in <ACT>", [("{Moscow|Russia|The Kremlin}", "denies", "{Moscow|Russia|The Kremlin}")]),
    ("<NS> said it {has never|had never|does not} {engaged in|conducted|supported|taken part in} cyberattacks.", [("NS", "denies", "NS")]),
    ("Hacking is not our policy, <NS> {said|answered} when asked about <ACT>.", [("NS", "denies", "NS")]),
    ("Asked about <ACT>, <NS> said the country {opposes|firmly opposes} all forms of cyberattacks and called the accusation groundless.", [("NS", "denies", "NS")]),
    ("<S> blamed <AS> for <ACT>. The embassy called the {remarks|claims} {unfounded|baseless}.", [("S", "accuses", "AS"), ("The embassy", "denies", "AS")]),
    # refusals
    ("<S> {declined|refused} to {name|identify} {the country|the group|who|those} behind <ACT>.", [("S", "declines", "")]),
    ("<S> {declined|refused} to say who was {behind|responsible for} <ACT>.", [("S", "declines", "")]),
    ("<S> {would not|did not|will not} say {who|which country|which group} {was behind|carried out} <ACT>.", [("S", "declines", "")]),
    ("<S> {has not attributed|did not attribute|stopped short of attributing} <ACT> to {any country|a state|anyone}.", [("S", "declines", "")]),
    ("<S> could not determine who {was behind|carried out} <ACT>.", [("S", "declines", "")]),
    ("It is too early to say who was behind <ACT>, <S> said.", [("S", "declines", "")]),
    ("“It is too early to say who is behind this,” <S> {said|told reporters}.", [("S", "declines", "")]),
    ("<S>: we cannot comment on who carried out <ACT>.", [("S", "declines", "")]),
    ("<S> said the investigation was continuing and {named no suspect|made no attribution|would not name a culprit}.", [("S", "declines", "")]),
    ("<S> would not be drawn on who <DO>.", [("S", "declines", "")]),
    ("<S> {made|has made} no attribution for <ACT>.", [("S", "declines", "")]),
    ("<S> said <ACT> was serious. {He|She} did not say which state, if any, was behind it.", [("{He|She}", "declines", "")]),
    ("<S> {names|named} no culprit for <ACT>.", [("S", "declines", "")]),
    ("<S> could not say whether <A> was {involved|behind it}.", [("S", "declines", "A")]),
    # doubts
    ("<S> {doubts|doubted|questioned|questions} whether <A> <DO>.", [("S", "questions", "A")]),
    ("<S> {doubts|doubted} that <A> <DO>.", [("S", "questions", "A")]),
    ("<S> said there was no evidence that <A> <DO>.", [("S", "questions", "A")]),
    ("<S> {cautioned|warned} that the evidence {tying|linking|against} <A> {to|in|for} <ACT> was thin.", [("S", "questions", "A")]),
    ("<S> did not believe <A> was involved in <ACT>.", [("S", "questions", "A")]),
    ("<S> cast doubt on the {claim|finding|attribution} that <A> <DO>.", [("S", "questions", "A")]),
    ("<S> is not convinced that <A> <DO>.", [("S", "questions", "A")]),
    # self-claims
    ("<AX> claimed responsibility for <ACT>.", [("AX", "accuses", "AX")]),
    ("<AX> said on Telegram it had <DOPP>.", [("AX", "accuses", "AX")]),
    # identity
    ("<AX>, which <S> {links|ties} to <AS>, <DO>, <T> said.", [("T", "accuses", "AX")]),
    ("<AX>, in <S>'s {view|judgement}, works for <AS>.", [("S", "accuses", "AX")]),
    ("<S> says <AX> works on behalf of <AS>.", [("S", "accuses", "AX")]),
    ("<S> tracks the activity as <AX> and {believes|assesses|judges} <C> that it is run by <AG>.", [("S", "accuses", "AG")]),
    # no claims
    ("If <A> were behind <ACT>, <S> would respond, <T> said.", []),
    ("<S> {urged|advised} companies to patch their servers after <ACT>.", []),
    ("<S> said it was investigating <ACT>.", []),
    ("<S> met officials from <AS> <D> to discuss trade.", []),
    ("<S> {released|published} guidance on how to detect {ransomware|phishing|web shells}.", []),
    ("In the exercise, a team plays <A> and attacks <V>.", []),
    ("<S> warned that <A> could {attack|target} <V> in future.", []),
    ("<S> has restored the systems hit in <ACT>.", []),
    ("<V0> has restored its services after <ACT>.", []),
    ("Unknown hackers stole records from <V>. Police are investigating.", []),
    ("<S> said <ACT> had cost millions.", []),
    ("<S> hired <T> to investigate <ACT>.", []),
    ("<ACTC> disrupted services for five days.", []),
    ("<S> appointed a new {director|chief} <D>.", []),
    ("<S> and <T> agreed to cooperate on cyber defence.", []),
    ("<S> asked whether <A> was behind <ACT>.", []),
    ("Was <A> behind <ACT>? <S> will publish its report next month.", []),
    ("<S> said its systems were back to normal and thanked <T>.", []),
    ("<S> bought <T> for two billion dollars.", []),
    ("The malware is named after a novel, <S> explained.", []),
    ("<S> arrested two men for shoplifting in the capital.", []),
    ("<S> would attribute such an attack only if the evidence were strong.", []),
    ("<S> expects more attacks from <AG> this year.", []),
    ("<S> denied that its customers' data had been lost.", []),
    ("A court postponed the trial of <AP> until January.", []),
    ("<S> paid a ransom of two million dollars after <ACT>.", []),
]  # fmt: skip


class Maker:
    """Fills patterns from what is known."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
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
        pattern, claims = r.choice(PATTERNS)
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
            elif slot == "AX":
                fill = self.actor()
            elif slot == "AP":
                fill = self.defendant()
            elif slot == "AS":
                code, _ = self.hostile()
                fill = Fill(self.suspects[code].name, "state", code)
            elif slot == "NS":
                fill = self.denier()
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
            source, stance, accused, firmness, basis, cue_words = (*claim, None, None, None)[:6]
            row = self._row(text, where, slots, choices, source, stance, accused, firmness, basis, cue_words, cue)
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
