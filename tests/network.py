"""A command whose processes note every connection and every name that they would look up.

    python network.py FILE COMMAND...

Python's audit events tell what any process of Python does, the sandbox of the kernel what any other
library does: where it can be had, the command runs in a network of its own that has nothing but the
loopback interface, and packets that found no way out of it are counted.
"""

import os
import struct
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent
HOOK = HOME / "watched"  # its sitecustomize is run by every Python that starts


def fenced() -> list[str]:
    "The beginning of a command that has a network of its own; empty where none is to be had"
    for ask in (["unshare", "-n"], ["unshare", "-rn"]):
        try:
            if not subprocess.run([*ask, "true"], capture_output=True).returncode:
                return ask
        except OSError:
            return []
    return []


def watched(noted: Path, command: list[str]) -> list[str]:
    "`command`, to be run so that `noted` says what it did"
    return [*fenced(), sys.executable, str(HOME / "network.py"), str(noted), *command]


def loopback_up() -> None:
    "Switch on the only interface of a new network; kernels of notebooks are spoken to over it"
    import fcntl
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0x41)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def without_a_way() -> int:
    "Packets of this network, in both versions of the protocol, that no route led out of"
    found = 0
    for line in Path("/proc/net/snmp6").read_text().splitlines():
        found += int(line.split()[1]) if line.startswith("Ip6OutNoRoutes") else 0
    names, numbers = [
        line.split() for line in Path("/proc/net/snmp").read_text().splitlines() if "Ip:" in line
    ]
    return found + int(numbers[names.index("OutNoRoutes")])


def main(noted: Path, *command: str) -> int:
    "Run the command and note what it did"
    alone = {line.split(":")[0].strip() for line in Path("/proc/net/dev").open() if ":" in line}
    if alone == {"lo"}:
        loopback_up()
    path = os.pathsep.join(filter(None, (str(HOOK), os.environ.get("PYTHONPATH", ""))))
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path, "NOTED": str(noted)})
    with noted.open("a") as file:
        file.write(f"lost {without_a_way()}\n" if alone == {"lo"} else "open\n")
    return done.returncode


def spoken(noted: Path) -> tuple[int, list[str]]:
    "Processes of Python that began, and what went or would have gone outside"
    lines = noted.read_text().splitlines()
    began = sum(line.startswith("began") for line in lines)
    assert lines[-1].startswith(("lost ", "open")), "the command did not end"
    return began, [line for line in lines if not line.startswith(("began", "lost 0", "open"))]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), *sys.argv[2:]))
