"""What processes cost: CPU time and memory of each with its children, from /proc."""

import os
import re

TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid):
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                todo += [int(child) for child in open(f"/proc/{one}/task/{task}/children").read().split()]
        except OSError:
            pass
    return found


def cpu_seconds(pid):
    ticks = 0
    for one in tree(pid):
        try:
            fields = open(f"/proc/{one}/stat").read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return ticks / TICKS


def memory_mib(pid):
    """Resident (of the process) and proportional (of it and its children) set size."""
    proportional = 0
    for one in tree(pid):
        try:
            proportional += int(re.search(r"^Pss:\s+(\d+)", open(f"/proc/{one}/smaps_rollup").read(), re.M).group(1))
        except OSError:
            pass
    resident = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1))
    return round(resident / 1024, 1), round(proportional / 1024, 1)


def named(words):
    """`vtn=123 postgres=456` as a dictionary."""
    return {name: int(pid) for name, pid in (word.split("=") for word in words)}
