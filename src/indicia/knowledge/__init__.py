"""What is known before anything is read: ATT&CK, actors, states, agencies, vendors, sectors, incidents, vulnerabilities.

Facts only (names, ids, relations, dates), each file with its source, version and licence. `docs/knowledge.md` tells the shapes.
"""

from indicia.knowledge.attack import Attack
from indicia.knowledge.index import Index, fold
from indicia.knowledge.library import Knowledge, load, user_folder
from indicia.knowledge.names import Name
from indicia.knowledge.updating import update

__all__ = ["Attack", "Index", "Knowledge", "Name", "fold", "load", "update", "user_folder"]
