"""Commands called as functions: what is not given is as the command line has it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, get_type_hints

from typer.models import ParameterInfo

from indicia.cli.options import MadeOf

__all__ = ["called"]


def called(command: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """The result of a command, its groups of options made of those that are theirs."""
    taken, hints, values = dict(zip(signature(command).parameters, given, strict=False)), {}, {}
    for name, one in signature(command).parameters.items():
        if name in taken or name in options:
            values[name] = taken[name] if name in taken else options[name]
        elif isinstance(one.default, ParameterInfo):
            values[name] = one.default.default
        elif one.default is Parameter.empty:
            hints = hints or get_type_hints(command, include_extras=True)
            makers = [each.maker for each in hints[name].__metadata__ if isinstance(each, MadeOf)]
            its = signature(makers[0]).parameters
            values[name] = called(makers[0], **{key: value for key, value in options.items() if key in its})
    return command(**values)
