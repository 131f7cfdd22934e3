"""What can be said of this machine's ability to contain foreign models, for `crossload doctor`.

Owns the wording of findings and of the advice; `sandbox` does the looking.
"""

from __future__ import annotations

from crossload.runner.records import Finding, FindingState

_INSTALL = (
    "install it: 'apt install bubblewrap', 'dnf install bubblewrap' or 'pacman -S bubblewrap'"
)
_APPARMOR = (
    "AppArmor forbids user namespaces: give bubblewrap an AppArmor profile with 'userns,' "
    "(/etc/apparmor.d/bwrap) and reload AppArmor"
)
_MASKED_PROC = "this container masks /proc: start it with '--security-opt systempaths=unconfined'"
_NAMESPACES = (
    "this container or kernel forbids namespaces: start the container with "
    "'--security-opt seccomp=unconfined' and '--cap-add SYS_ADMIN', or set "
    "kernel.unprivileged_userns_clone=1"
)
_MOUNTS = (
    "this container forbids mounts: start it with '--cap-add SYS_ADMIN' and "
    "'--security-opt seccomp=unconfined', or run crossload as a normal user"
)
# What bubblewrap says where a system forbids it, and what helps there.
_CURES = (
    ("setting up uid map", _APPARMOR),
    ("mount proc", _MASKED_PROC),
    ("namespace", _NAMESPACES),
    ("operation not permitted", _MOUNTS),
)


def contained(version: str, *, as_root: bool) -> Finding:
    """Say that the sandbox works."""
    how = "each worker under its own user id" if as_root else "without root"
    return Finding("sandbox", FindingState.OK, f"{version}, {how}")


def not_linux(platform: str) -> Finding:
    """Say that this system has no bubblewrap."""
    return Finding(
        "sandbox",
        FindingState.WARNING,
        f"none: bubblewrap does not exist on {platform}; files that can run code are refused",
        "run crossload in a Linux container or virtual machine",
    )


def missing(tool: str) -> Finding:
    """Say that a program is not installed."""
    if tool == "bwrap":
        found = "none: bubblewrap is not installed; files that can run code are refused"
        return Finding("sandbox", FindingState.WARNING, found, _INSTALL)
    return Finding(
        "sandbox",
        FindingState.WARNING,
        f"none: {tool!r} is not installed; files that can run code are refused",
        "install it: it is part of util-linux",
    )


def refused(complaint: str) -> Finding:
    """Say that bubblewrap is there but may not work, in its own words."""
    lowered = complaint.lower()
    advice = next((cure for sign, cure in _CURES if sign in lowered), "")
    return Finding(
        "sandbox",
        FindingState.WARNING,
        f"none: bubblewrap fails: {complaint or 'no output'}; files that can run code are refused",
        advice or "run 'bwrap --ro-bind / / true' to see why",
    )


def no_filter(machine: str) -> Finding:
    """Say that there is no table of system calls for this machine."""
    return Finding(
        "system call filter",
        FindingState.WARNING,
        f"none for {machine}; the rest of the sandbox works",
        "use an x86-64 machine for models that you do not trust",
    )


def old_bubblewrap(version: str, options: tuple[str, ...]) -> Finding:
    """Say that this bubblewrap lacks options that would be used."""
    return Finding(
        "bubblewrap",
        FindingState.WARNING,
        f"{version} does not know {', '.join(options)}",
        "update bubblewrap to 0.8.0 or newer",
    )
