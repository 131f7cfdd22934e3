"""Sentences and remedies follow the cell: no unknown version, no wrong file, no vain remedy."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterable
from typing import Any

import pytest

from crossload.runner.causes import CauseForm, EnvironmentFacts, shipped_catalogue
from crossload.runner.causes.applicability import applies
from crossload.runner.causes.by_error import causes_of_error
from crossload.runner.causes.recognition import cause_of
from crossload.runner.causes.wording import cell_names
from crossload.runner.words import Format
from tests.causes.evidence import facts

if sys.version_info >= (3, 11):
    from re import _parser as parser
else:
    import sre_parse as parser

CATALOGUE = shipped_catalogue()
ENVIRONMENTS = (
    facts("theano", "keras", "theano", python="3.7.16", keras="2.2.4"),
    facts("tf1", python="3.7.16", tensorflow="1.15.0", keras="2.2.4"),
    facts("tf2.15", python="3.11.7", tensorflow="2.15.1", keras="2.15.0"),
    facts("jax", "keras", "jax", python="3.13.1", keras="3.15.0"),
    facts("tf2.21", python="3.13.1", tensorflow="2.21.0", keras="3.14.0"),
    EnvironmentFacts("unknown"),
)
FORMATS = tuple(one for one in Format if one is one.base)
PAIRS = tuple(itertools.product(ENVIRONMENTS, repeat=2))


def sentences(entry: CauseForm) -> set[str]:
    """What the entry says in every cell that one of its patterns allows."""
    said = set()
    for pattern, (saver, loader), file_format in itertools.product(entry.when, PAIRS, FORMATS):
        allowed = (pattern.saver is None or saver.fulfils(pattern.saver)) and (
            pattern.loader is None or loader.fulfils(pattern.loader)
        )
        if allowed and (not pattern.formats or file_format in pattern.formats):
            names = cell_names(saver, loader, file_format)
            groups = dict.fromkeys(pattern.groups - set(entry.otherwise), "Name")
            said.add(cause_of(entry, groups, names).sentence)
    return said


def test_no_sentence_has_a_gap_or_an_unknown_version() -> None:
    said = [(entry.id, one) for entry in CATALOGUE.causes for one in sentences(entry)]
    gap = re.compile(r"\?|  |[{}]|\b(None|unknown)\b")
    assert len({name for name, _ in said}) > 100
    assert [(name, sentence) for name, sentence in said if gap.search(sentence)] == []


def always_named(expression: str) -> set[str]:
    """The groups that take part in every match of an expression."""

    def of(items: Iterable[Any]) -> set[str]:
        return set().union(*(one(str(item[0]), item[1]) for item in items))

    def one(operation: str, value: Any) -> set[str]:
        if operation == "SUBPATTERN":
            return of(value[3]) | ({names[value[0]]} if value[0] in names else set())
        if operation == "BRANCH":
            return set.intersection(*map(of, value[1]))
        if operation in {"MAX_REPEAT", "MIN_REPEAT"} and value[0] > 0:
            return of(value[2])
        return set()

    parsed: Any = parser.parse(expression)
    names = {number: name for name, number in parsed.state.groupdict.items()}
    return of(parsed)


def test_a_sentence_has_words_for_all_that_an_error_may_leave_open() -> None:
    """An error alone gives no backend and no version, and a match may lack a group."""
    missing = []
    for entry, saving in itertools.product(CATALOGUE.causes, (False, True)):
        known = {name for name, text in cell_names(None, None, None, saving=saving).items() if text}
        needed = set(re.findall(r"\{(\w+)\}", entry.sentence)) - known - {"had_by"}
        for pattern in entry.when:
            found = set(entry.otherwise).union(
                *map(always_named, (*pattern.texts.values(), *pattern.details.values()))
            )
            missing += [(entry.id, name) for name in needed - found]
    assert missing == []


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "No module named 'tensorflow'",
            "TensorFlow is not installed here, as this backend of Keras does without it",
        ),
        (
            "CuDNN RNNs are only available with the TensorFlow backend",
            (
                "the CuDNN layers in the file exist only for the TensorFlow backend, not for this "
                "backend"
            ),
        ),
        (
            "Op type not registered 'Einsum' in binary",
            "the graph uses the operation Einsum, which this TensorFlow does not have",
        ),
        (
            "bad marshal data (unknown type code)",
            (
                "a Lambda contains Python byte code, and this Python cannot read byte code from "
                "another Python"
            ),
        ),
        (
            "Model.save() got an unexpected keyword argument 'save_format'",
            "save() of this version has no save_format: the suffix decides, .keras or .h5",
        ),
        (
            "Argument `learning_rate` should be float, or an instance of LearningRateSchedule",
            "the file's learning rate schedule cannot be created in this version",
        ),
    ],
)
def test_a_sentence_about_an_error_alone_reads_well(message: str, said: str) -> None:
    assert said in [one.cause.sentence for one in causes_of_error(CATALOGUE, message)]


def test_a_sentence_about_a_cell_names_the_backend_and_the_versions() -> None:
    jax, tf1 = ENVIRONMENTS[3], ENVIRONMENTS[1]
    loading = cell_names(tf1, jax, Format.H5)
    assert (loading["backend"], loading["python_here"]) == ("the jax backend", "Python 3.13.1")
    saving = cell_names(tf1, jax, Format.H5, saving=True)
    assert (saving["tensorflow_here"], saving["writer"]) == (
        "TensorFlow 1.15.0",
        "TensorFlow 1.15.0",
    )


def test_no_sentence_says_which_version_is_newer() -> None:
    """Which of two versions is the newer one depends on the cell; numbers are true in each."""
    newer = re.compile(r"\b(a (later|newer|older) version|(newer|older) versions)\b")
    assert [one.id for one in CATALOGUE.causes if newer.search(one.sentence)] == []


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_file_is_called_what_it_is(file_format: Format) -> None:
    saver, loader = ENVIRONMENTS[2], ENVIRONMENTS[4]
    entry = CATALOGUE.cause("keras-file-weight-paths")
    assert entry is not None
    names = cell_names(saver, loader, file_format)
    sentence = cause_of(entry, {"layer": "dense"}, names).sentence
    assert (".keras file" in sentence) == (file_format is Format.KERAS)
    assert ("weights file" in sentence) == (file_format in {Format.WEIGHTS_H5, Format.JSON_WEIGHTS})


def test_a_file_that_existed_before_is_not_said_to_be_the_savers() -> None:
    saver, loader = ENVIRONMENTS[2], ENVIRONMENTS[4]
    entry = CATALOGUE.cause("groups-of-convolution")
    assert entry is not None
    measured = cause_of(entry, {"layer": "Conv2D"}, cell_names(saver, loader, Format.H5))
    assert measured.sentence.endswith("which Keras 2.15.0 writes for convolutions")
    adopted = cell_names(saver, loader, Format.H5, adopted=True)
    assert cause_of(entry, {}, adopted).sentence == (
        "this convolution in Keras 3.14.0 does not accept the argument groups, which the version "
        "that saved the file writes for convolutions"
    )


def test_no_remedy_is_what_the_cell_is_already() -> None:
    everywhere = itertools.product(CATALOGUE.remedies.values(), PAIRS, FORMATS)
    for one, (saver, loader), file_format in everywhere:
        if applies(one, saver, loader, file_format):
            assert one.format is not file_format, one.id
            assert one.loader is None or not loader.fulfils(one.loader), one.id
            assert one.saver is None or not saver.fulfils(one.saver), one.id


@pytest.mark.parametrize(
    ("remedy", "saver", "loader", "file_format", "possible"),
    [
        ("save-as-keras", 1, 4, Format.H5, False),  # TensorFlow 1 writes no such file
        ("save-as-keras", 2, 4, Format.H5, True),
        ("save-as-keras", 2, 4, Format.KERAS, False),
        ("save-as-savedmodel", 3, 4, Format.KERAS, False),
        ("save-as-savedmodel", 2, 4, Format.KERAS, True),
        ("load-with-tf-keras-api", 2, 1, Format.H5, False),
        ("load-with-tf-keras-api", 2, 0, Format.H5, True),
        ("load-with-tf-keras", 2, 4, Format.H5, True),
        ("load-with-tf-keras", 2, 2, Format.H5, False),
        ("use-serving-signature", 2, 4, Format.H5, False),
        ("use-serving-signature", 2, 4, Format.SAVEDMODEL, True),
        ("use-serving-signature", 2, 3, Format.SAVEDMODEL, False),
        ("load-with-newest-keras", 2, 4, Format.H5, False),
        ("load-by-translation", 2, 4, Format.WEIGHTS_H5, False),
        ("load-by-translation", 2, 4, Format.SCRIPT, True),
        ("load-under-another-name", 2, 4, Format.SAVEDMODEL, False),
        ("load-under-another-name", 2, 4, Format.H5, True),
    ],
)
def test_a_remedy_is_offered_where_it_is_possible(
    remedy: str, saver: int, loader: int, file_format: Format, possible: object
) -> None:
    one = CATALOGUE.remedies[remedy]
    assert applies(one, ENVIRONMENTS[saver], ENVIRONMENTS[loader], file_format) is possible
