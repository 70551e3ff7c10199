"""A Spark session: the one that is there, or one of our own that ends with what it was begun for."""

from __future__ import annotations

import atexit
import gc
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.errors import ExtraError, IndiciaError, InputError
from indicia.extras import need

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[*,4]"  # every core of this machine; what fails is tried four times, as on a cluster
_LOOPBACK = "127.0.0.1"
_QUIET = Path(__file__).with_name("log4j2.properties")


@contextmanager
def begin(master: str | None = None) -> Iterator[SparkSession]:
    """The session that is active, or one on `master` (None: what spark-submit names, else all cores of this machine).

    Raises: ExtraError where pyspark or Java is missing, InputError where the master does not answer.
    """
    need("spark")
    with without_warnings():
        from pyspark.sql import SparkSession

        session = SparkSession.getActiveSession()
        if session is not None:
            yield session
            return
        if "PYSPARK_GATEWAY_PORT" in os.environ:  # begun by spark-submit, which has brought Java and names the master
            session = SparkSession.builder.appName("indicia").getOrCreate()
        else:
            _need_java()
            session = _started(master or LOCAL)
    try:
        yield session
    finally:
        with suppress(ConnectionError):  # its Java has ended before
            session.stop()


def _started(master: str) -> SparkSession:
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession

    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):  # Java's stack, before the error that tells the same
        PySparkLogger.getLogger(name).disabled = True
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {
        "spark.master": master,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # Without memory Java would wait for ever for the answer that it has lost.
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_QUIET.as_uri()} -XX:+ExitOnOutOfMemoryError",
    }
    if master.startswith("local"):  # nobody else has to reach it, so nobody else can
        os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)
        settings |= {"spark.driver.host": _LOOPBACK, "spark.driver.bindAddress": _LOOPBACK}
        # Others on this machine reach its ports, too, and its disk: Spark makes a secret of its own for the first.
        settings |= {"spark.authenticate": "true", "spark.local.dir": _own_folder()}
    builder = SparkSession.builder.appName("indicia")
    for name, value in settings.items():
        builder = builder.config(name, value)
    with tempfile.TemporaryFile() as said:
        try:
            with _talk_into(said.fileno()):
                return builder.getOrCreate()
        except Exception as error:  # what Java raises has no class of its own where there is no Java
            said.seek(0)
            everything = "\n".join((str(error), said.read().decode(errors="replace")))
            what = f"Spark did not start: {told_by_spark(everything)}"
            hint = "--master names a cluster as spark://host:7077, or local[4] for four cores of this machine"
            raise InputError(what, where=master, hint=hint) from error


def _own_folder() -> str:
    """A folder for blocks that nobody else can look into; gone with this process."""
    folder = tempfile.mkdtemp(prefix="indicia-spark-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def _talk_into(file: int) -> Iterator[None]:
    """What Java says as it starts (which of its modules are new, how to make it say less) goes into a file, not to the user."""
    before = os.dup(2)
    os.dup2(file, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _need_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (home and (Path(home) / "bin" / "java").exists()) and shutil.which("java") is None:
        raise ExtraError("Spark needs Java, and none was found", hint="install OpenJDK 17 or 21, or set JAVA_HOME")


def told_by_spark(error: object) -> str:
    """What of an error of Spark is of use to a person: its cause without the stacks of Java and Python.

    >>> told_by_spark(": org.apache.spark.SparkException: Job aborted.\\n\\tat x\\nCaused by: java.io.IOException: full")
    'IOException: full'
    """
    text = str(error)
    if "stopped SparkContext" in text:
        return "the master did not answer"
    if isinstance(error, ConnectionError) or "Answer from Java side is empty" in text:
        return "its Java on this machine ended, as it does where it has too little memory (spark.driver.memory)"
    causes = [found["cause"] for line in text.splitlines() if (found := _CAUSE.match(line.strip()))]
    telling = [cause for cause in causes if not _JOB.match(cause)]
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    cause = telling[-1] if telling else first
    file = _READING.search(text)
    if file is None or Path(file["file"]).name in cause:
        return cause
    return f"{file['file']} cannot be read: {cause}"


_READING = re.compile(r"reading file (?P<file>\S+?)\.?(?=\s|$)")
_CAUSE = re.compile(r'(?:Caused by: |: |Exception in thread "main" )?(?:[a-z]\w*\.)*(?P<cause>\w*(?:Error|Exception): \S.*)')
_JOB = re.compile(r"SparkException: (?:\[.*\] )?Job")


@contextmanager
def without_warnings() -> Iterator[None]:
    """Without what pyspark warns of as it is loaded: that it has not seen the newest pandas, which we do not use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def is_of_spark(error: Exception) -> bool:
    """Whether Spark or its bridge to Java has raised it, which loses its connection where Java ends."""
    return type(error).__module__.startswith(("py4j", "pyspark")) or isinstance(error, ConnectionError)


@contextmanager
def clear_errors() -> Iterator[None]:
    """Tells what ends a job in one sentence. Raises: IndiciaError for what Spark raises."""
    try:
        yield
    except IndiciaError:
        raise
    except Exception as error:
        if not is_of_spark(error):
            raise
        told = told_by_spark(error)
        another = "No module named" in told or told.startswith("ValidationError")  # what is sent is not what is expected
        hint = "install Indicia on every worker, the same version (docs/scale.md)" if another else ""
        raise IndiciaError(f"Spark gave up: {told}", hint=hint) from error


# What a worker holds as long as it lives is not looked through for garbage behind each task, as Spark has it done.
@lru_cache(1)
def spare(what: str) -> None:
    """To be called when rules or models, millions of objects, are loaded and were used. The first call for them counts."""
    gc.freeze()
