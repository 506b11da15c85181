"""How long RUN_NOW takes to reach so many agents and to be acknowledged by the last of them.

agents.py NAME BINARY COUNT POLL_SECONDS PROCESS=PID...
Run in the folder with connection.toml; the fleet polls already. Appends to figures.json.

What an operator would do: one desk is given all the dispatches at once (`rampdesk send *.json --wait accepted`). Time runs
from the moment the desk begins to send until it has the last signed acknowledgement; the desk looks at the VTN every second.
"""

import json
import pathlib
import re
import subprocess
import sys
import time

import processes

name, binary, count, poll = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
pids = processes.named(sys.argv[5:])
here = pathlib.Path(__file__).parent
send = [binary, "send", "--connection", "connection.toml", "--wait", "accepted", "--json"]


def run(documents, limit):
    with open("send.log", "w") as log:
        done = subprocess.run(send + documents, stdout=subprocess.PIPE, stderr=log, timeout=limit, text=True)
    return done.returncode, done.stdout


# The first makes all known to the VTN that the agents need to see it, and shows that the way is open.
code, _ = run(["now/0001.json"], 240)
assert code == 0, "the first dispatch was not acknowledged"
time.sleep(2 * poll)
subprocess.run([sys.executable, here / "fleet.py", "dispatches", str(count), "now"], check=True)
before = {one: processes.cpu_seconds(pid) for one, pid in pids.items()}
began = time.time()
code, out = run(sorted(str(path) for path in pathlib.Path("now").glob("*.json") if path.name != "0001.json"), 300)
lasted = time.time() - began
cost = {one: round(processes.cpu_seconds(pid) - before[one], 1) for one, pid in pids.items()}
assert code == 0, f"the dispatches were not all acknowledged (exit code {code})"
told = json.loads(out)
after = sorted(next(s["after_s"] for s in one["stages"] if s["stage"] == "ACCEPTED") for one in told)
last = re.search(r"there ([\d.]+) s after", pathlib.Path("send.log").read_text())
figures = {
    "agents": count, "poll_s": poll, "last_acknowledged_s": float(last.group(1)), "process_s": round(lasted, 1),
    "accepted_after_s": {"half": after[len(after) // 2], "last": after[-1]}, "cpu_s": cost,
    "memory_mib": {one: processes.memory_mib(pid) for one, pid in pids.items()},
}
print(f"{len(told)} agents, a poll every {poll} s: the last acknowledgement {figures['last_acknowledged_s']} s after the first "
      f"RUN_NOW was given; CPU seconds meanwhile {cost}")
pathlib.Path("agents.json").write_text(json.dumps(figures))
