"""Readers beside our own that are asked while a document is read: language models, at the user's word only.

asking    what a model is told of the task, and the form of its answer
parts     a document as a model is shown it
allowed   which texts a model may see
server    one host that speaks the common chat interface
model     the reader: asks part by part, and keeps what came
"""

from __future__ import annotations

from indicia.readers.allowed import may_see
from indicia.readers.model import Budget, ModelReader, Spent
from indicia.readers.server import ModelServer, Server, known_server

__all__ = ["Budget", "ModelReader", "ModelServer", "Server", "Spent", "known_server", "may_see"]
