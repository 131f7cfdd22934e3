"""Every failure a user can cause or meet: its exit code and the advice that goes with it.

Anything else that escapes is a bug and keeps its traceback.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The documented exit codes of every subcommand."""

    OK = 0
    INCOMPATIBLE = 1
    USAGE = 2
    CONFIGURATION = 3
    ENVIRONMENTS = 4
    LEDGER = 5
    BUSY = 6
    STORAGE = 7
    INDEX = 8
    UNTRUSTED = 9
    CLUSTER = 10
    INTERRUPTED = 130
    TERMINATED = 143


class CrossloadError(Exception):
    """One sentence on what is wrong and where; `advice` says what to do."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class UsageError(CrossloadError):
    """The command line asks for something that is not there."""

    exit_code = ExitCode.USAGE


class ConfigurationError(CrossloadError):
    """`matrix.yaml` (or another file of the user's) is wrong."""

    exit_code = ExitCode.CONFIGURATION


class EnvironmentsError(CrossloadError):
    """Not one of the environments that a command needs can be used."""

    exit_code = ExitCode.ENVIRONMENTS


class LedgerError(CrossloadError):
    """The ledger is damaged, from another version, or cannot be written."""

    exit_code = ExitCode.LEDGER


class BusyError(CrossloadError):
    """Another run holds this project's home."""

    exit_code = ExitCode.BUSY


class StorageError(CrossloadError):
    """The disk is full or a folder cannot be written."""

    exit_code = ExitCode.STORAGE


class PackageIndexError(CrossloadError):
    """The package index does not answer, or not as one."""

    exit_code = ExitCode.INDEX


class UntrustedError(CrossloadError):
    """A model file can run code, and there is no sandbox to load it in."""

    exit_code = ExitCode.UNTRUSTED


class ClusterError(CrossloadError):
    """The cluster that a run was to use is not there, or no machine of it can be used."""

    exit_code = ExitCode.CLUSTER
