"""Whether a text is English, told by its commonest words."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["foreign"]

_STOPS = {
    "English": "the of and to in that is was for with as by it are on said has from an be not this they which have at",
    "German": "der die das und ist nicht mit von den ein eine für auf dem des sich auch wird nach einen bei sind hat im zum",
    "French": "le la les des et est que dans une pour par sur pas qui au avec ce sont du plus été aux cette ont ses leur",
    "Spanish": "el los las del que por una con para es se su como más pero sus fue ha este entre al han son sobre según",
    "Italian": "il di che per un una con non del della gli dei sono è alla anche nel più dal stato dalla delle ha secondo",
    "Portuguese": "o os da do que em um uma para com não por mais dos das ao se foi pela pelo sua são é segundo",
    "Dutch": "de het een van en dat niet op te zijn voor met die er aan door wordt ook naar om bij heeft werd volgens",
    "Norwegian or Danish": "og det er at en av på som med til den har ikke fra om et var de seg ble blev etter efter mot",
    "Swedish": "och att det är som en på av för med den till inte har om ett var från de enligt efter mot",
    "Polish": "i w na z się nie do że jest to o jak po od przez za są dla przed oraz został",
    "Czech": "a v na se je že s z do o podle i pro jako za byl by po od byly jsou které který",
    "Finnish": "ja on ei että se oli mutta myös ovat sekä kun hän ovat joka mukaan",
    "Turkish": "ve bir bu da de için ile olarak olan çok daha gibi tarafından sonra",
    "Indonesian": "yang dan di untuk dengan dari pada ini itu tidak dalam oleh akan adalah",
    "Latvian": "un ir ka no par ar uz kas tas bija lai arī",
    "Lithuanian": "ir kad yra iš su į tai buvo kaip dėl bei taip",
    "Estonian": "ja on et ei see ka oli kui mis oma selle",
    "Romanian": "și de la în cu pe care din este nu pentru mai au fost sunt",
    "Hungarian": "a az és hogy nem egy is meg volt ez szerint",
}
# Words that are common in English too, or in texts of any language.
_SHARED = frozenset(
    "a i o u v s z k y in on to do no by he as at is was so die me an had pro all dare am van war were will".split()
)
_WORDS = {name: frozenset(words.split()) - (_SHARED if name != "English" else frozenset()) for name, words in _STOPS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("Russian or another language in Cyrillic script", re.compile("[\u0400-\u04ff]")),
    ("Chinese or Japanese", re.compile("[\u4e00-\u9fff\u3040-\u30ff]")),
    ("Korean", re.compile("[\uac00-\ud7af]")),
    ("Arabic or Persian", re.compile("[\u0600-\u06ff]")),
    ("Hebrew", re.compile("[\u0590-\u05ff]")),
    ("Greek", re.compile("[\u0370-\u03ff]")),
    ("Hindi or another language of India", re.compile("[\u0900-\u0d7f]")),
    ("Thai", re.compile("[\u0e00-\u0e7f]")),
    ("Georgian or Armenian", re.compile("[\u0530-\u058f\u10a0-\u10ff]")),
)
SAMPLE = 4000


def foreign(text: str) -> str | None:
    """The name of the language when the text is clearly not English, else None. Looks at three samples of at most SAMPLE
    characters.

    >>> foreign("Die Bundesregierung hat am Montag erklärt, dass der Angriff auf die Partei von einer Einheit des GRU ausging.")
    'German'
    >>> foreign("The government said that the attack on the party was the work of a unit of the GRU.") is None
    True
    """
    size = len(text)
    sample = text if size <= 3 * SAMPLE else text[:SAMPLE] + " " + text[size // 2 : size // 2 + SAMPLE] + " " + text[-SAMPLE:]
    letters = sum(map(str.isalpha, sample))
    if letters < 12:
        return None
    for name, pattern in () if sample.isascii() else _SCRIPTS:
        if len(pattern.findall(sample)) > 0.35 * letters:
            return name
    words = [word.lower() for word in _WORD.findall(sample)]
    if len(words) < 8:
        return None
    often = Counter(words)
    counts = {name: sum(often[word] for word in often.keys() & stops) for name, stops in _WORDS.items()}
    english = counts.pop("English")
    best = max(counts, key=lambda name: counts[name])
    if counts[best] > 1.6 * english + 1 and counts[best] >= 0.14 * len(words):
        return best
    return None
