"""A seccomp deny-list for workers, as classic BPF; x86-64 only.

Owns the table of system calls and its assembly. bubblewrap installs the program. It is a second
line behind the namespaces: calls that reach far into the kernel, and ways to hold memory that no
limit counts (memfd, System V shared memory), are refused with EPERM.
"""

from __future__ import annotations

import os
import platform
import struct
import sys

# Names are for readers; the numbers are the x86-64 ABI's, which never change.
_DENIED = {
    # shared memory and queues outside the limits on data and files
    "shmget": 29, "shmat": 30, "semget": 64, "msgget": 68, "mq_open": 240,
    "memfd_create": 319, "memfd_secret": 447,
    # other processes
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
    "pidfd_getfd": 438,
    # mounts, roots and namespaces
    "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "unshare": 272, "setns": 308,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432,
    "fspick": 433, "mount_setattr": 442, "name_to_handle_at": 303, "open_by_handle_at": 304,
    "fanotify_init": 300, "quotactl": 179, "swapon": 167, "swapoff": 168,
    # keys, kernel programs, kernel modules, the machine itself
    "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321, "perf_event_open": 298,
    "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "kexec_load": 246, "kexec_file_load": 320, "init_module": 175, "delete_module": 176,
    "finit_module": 313, "syslog": 103, "acct": 163, "reboot": 169, "iopl": 172, "ioperm": 173,
    "personality": 135, "modify_ldt": 154, "lookup_dcookie": 212, "vhangup": 153,
    # the clock
    "adjtimex": 159, "settimeofday": 164, "clock_settime": 227, "clock_adjtime": 305,
}  # fmt: skip
_IOCTL, _CLONE, _CLONE3 = 16, 56, 435
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACE = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000
_NEW_NAMESPACE |= 0x40000000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AUDIT_X86_64, _X32_BIT = 0xC000003E, 0x40000000
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24


def supported() -> bool:
    """Tell whether there is a table for this machine."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def program() -> bytes:
    """Return the filter as the kernel's `sock_filter` array (8 bytes per instruction)."""
    code = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, _AUDIT_X86_64, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        # The x32 ABI would be a second set of numbers for the same calls.
        _step(_AT_LEAST, _X32_BIT, 0, 1),
        _step(_RETURN, _ERROR | _ENOSYS),
        # "Not implemented" makes the C library fall back to clone, whose flags can be read below.
        _step(_EQUAL, _CLONE3, 0, 1),
        _step(_RETURN, _ERROR | _ENOSYS),
    ]
    for number in sorted(_DENIED.values()):
        code += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ERROR | _EPERM)]
    code += [
        _step(_EQUAL, _CLONE, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_ANY_BIT, _NEW_NAMESPACE, 0, 1),
        _step(_RETURN, _ERROR | _EPERM),
        _step(_RETURN, _ALLOW),
        _step(_EQUAL, _IOCTL, 0, 4),
        _step(_LOAD, _SECOND_ARGUMENT),
        # Both can type into the terminal that a program was started from.
        _step(_EQUAL, _TIOCSTI, 1, 0),
        _step(_EQUAL, _TIOCLINUX, 0, 1),
        _step(_RETURN, _ERROR | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(code)


def filter_pipe() -> int:
    """Return the reading end of a pipe that holds the program; the caller closes it."""
    reading, writing = os.pipe()
    try:
        os.write(writing, program())
    finally:
        os.close(writing)
    return reading


def _step(operation: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, if_true, if_false, value)
