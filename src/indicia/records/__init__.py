"""The nouns of Indicia as frozen records. They import nothing else of ours; every stage takes and gives them.

text      Document, Block, Span            claims     Claim, Source, Accused and their values
mentions  Mention, Reading                 hunting    Event, Sighting, Chain, Hunt
weighing  Evidence, Assessment, Weighing, and which judgement stands
measures  Measure, Advice                  marking    Tlp
cases     Case, Affair, and what earlier versions wrote, brought to today's form
reading   ProposedClaim, ProposedReading: the contract of readers
base      Record, Problem, ids, JSON; what is stated, known, concluded
watching  Seen
"""

from __future__ import annotations

from indicia.records.base import *  # noqa: F403
from indicia.records.cases import *  # noqa: F403
from indicia.records.claims import *  # noqa: F403
from indicia.records.hunting import *  # noqa: F403
from indicia.records.marking import *  # noqa: F403
from indicia.records.measures import *  # noqa: F403
from indicia.records.mentions import *  # noqa: F403
from indicia.records.reading import *  # noqa: F403
from indicia.records.text import *  # noqa: F403
from indicia.records.watching import *  # noqa: F403
from indicia.records.weighing import *  # noqa: F403
