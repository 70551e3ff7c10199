"""Copies among many texts: MinHash finds pairs that may be alike, and the same comparison as on one machine decides.

Reference: A. Broder, "On the resemblance and containment of documents" (1997); Apache Spark, "MinHash for Jaccard Distance".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from indicia.affairs.origins import COPY, MOST_ALIKE, copies_of

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["copies_among"]

# Of two texts that share a tenth of all their sequences one in a thousand is missed (0.9 ** 64), of real reprints none.
_HASHES = 64
_SIZE = 1 << 30  # of the vectors, which Spark bounds below 2**31


def copies_among(session: SparkSession, texts: RDD[tuple[int, frozenset[int]]]) -> RDD[tuple[int, int]]:
    """Copy -> the earliest text that is nearly the same, from the numbers of texts in their order and their six-word sequences.

    What stands in more than MOST_ALIKE texts is looked for in the earliest of them alone, as on one machine.
    """
    from pyspark import StorageLevel
    from pyspark.sql import functions as sql

    sets = session.createDataFrame(texts.map(_row), "number long, shingles array<long>").persist(StorageLevel.DISK_ONLY)
    if sets.isEmpty():
        return session.sparkContext.emptyRDD()
    pairs = _pairs(session, sets)
    left = sets.select(sql.col("number").alias("one"), sql.col("shingles").alias("its"))
    both = pairs.join(left, "one").join(sets.withColumnRenamed("number", "other"), "other")
    shared = sql.size(sql.array_intersect("its", "shingles"))
    alike = both.filter(shared >= sql.lit(COPY) * sql.least(sql.size("its"), sql.size("shingles"))).select("one", "other")
    alike = alike.persist(StorageLevel.DISK_ONLY)
    near = _connected(alike).join(sets, "number").rdd.map(lambda row: (row.first, (row.number, frozenset(row.shingles))))
    return near.groupByKey(near.getNumPartitions()).flatMap(_copies)


def _row(text: tuple[int, frozenset[int]]) -> tuple[int, list[int]]:
    return text[0], sorted(text[1])


def _copies(group: tuple[int, Iterable[tuple[int, frozenset[int]]]]) -> Iterator[tuple[int, int]]:
    yield from ((text, first) for text, first in copies_of(sorted(group[1])).items() if text != first)


def _pairs(session: SparkSession, sets: DataFrame) -> DataFrame:
    """Pairs of texts, the earlier first, that have one of the hashes in common."""
    from pyspark.ml.feature import MinHashLSH
    from pyspark.ml.functions import vector_to_array
    from pyspark.ml.linalg import SparseVector, VectorUDT
    from pyspark.sql import Window
    from pyspark.sql import functions as sql
    from pyspark.sql.types import LongType, StructField, StructType

    def with_vector(row: Any) -> tuple[int, Any]:
        places = sorted({shingle >> 2 for shingle in row.shingles})
        return row.number, SparseVector(_SIZE, places, [1.0] * len(places))

    form = StructType([StructField("number", LongType()), StructField("features", VectorUDT())])
    vectors = session.createDataFrame(sets.rdd.map(with_vector), form)
    model = MinHashLSH(inputCol="features", outputCol="hashes", numHashTables=_HASHES, seed=1).fit(vectors)
    hashed = model.transform(vectors).select("number", sql.posexplode("hashes").alias("table", "hash"))
    hashed = hashed.select("number", "table", vector_to_array(sql.col("hash"))[0].alias("hash"))
    in_bucket = Window.partitionBy("table", "hash").orderBy("number")
    first = hashed.withColumn("place", sql.row_number().over(in_bucket)).filter(sql.col("place") <= MOST_ALIKE)
    found = first.withColumnRenamed("number", "one").join(hashed.withColumnRenamed("number", "other"), ["table", "hash"])
    return found.filter("one < other").select("one", "other").distinct()


def _connected(edges: DataFrame) -> DataFrame:
    """Each text that is alike another, with the first of all that it is alike to directly or through others."""
    from pyspark import StorageLevel
    from pyspark.sql import functions as sql

    ways = edges.union(edges.select("other", "one")).toDF("number", "to").persist(StorageLevel.DISK_ONLY)
    labels = ways.groupBy("number").agg(sql.least("number", sql.min("to")).alias("first"))
    while True:
        beside = ways.join(labels.toDF("to", "its"), "to").groupBy("number").agg(sql.min("its").alias("lower"))
        lower = labels.join(beside, "number").persist(StorageLevel.DISK_ONLY)
        if lower.filter("lower < first").isEmpty():
            return labels
        labels = lower.select("number", sql.least("first", "lower").alias("first"))
