"""A cluster of one node, this one, for as long as a test lasts: Debian's slurm-wlm and munge.

python tests/campaign/slurm_node.py COMMAND ...    runs a command within it
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import gethostname

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue")
CONF = """
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
AuthInfo=socket={root}/munge.socket
SlurmUser=root
SlurmdUser=root
SlurmctldPort=26817
SlurmdPort=26818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=1,sched_interval=1,bf_interval=1
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd.pid
SlurmctldLogFile={root}/slurmctld.log
SlurmdLogFile={root}/slurmd.log
ReturnToService=2
KillWait=5
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def why_not():
    """Why there can be no cluster here; empty where there can."""
    missing = [name for name in PROGRAMS if shutil.which(name, path=_path()) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (Debian: slurm-wlm, munge)"
    return "" if os.geteuid() == 0 else "a node of slurm is started by root"


@contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """The environment in which the commands of slurm find it."""
    root = Path(tempfile.mkdtemp(prefix="slurm-"))
    root.chmod(0o755)
    for name in ("state", "spool"):
        (root / name).mkdir()
    conf = root / "slurm.conf"
    conf.write_text(CONF.format(host=gethostname(), root=root, cpus=len(os.sched_getaffinity(0))))
    env = {**os.environ, "PATH": _path(), "SLURM_CONF": str(conf)}
    (root / "munge.key").write_bytes(os.urandom(128))
    (root / "munge.key").chmod(0o400)
    files = [f"--{name}={root}/munge.{name.removesuffix('-file')}" for name in ("socket", "key-file", "log-file")]
    started = [subprocess.Popen(["munged", "--foreground", "--force", *files, f"--pid-file={root}/munge.pid",
                                 f"--seed-file={root}/munge.seed"], env=env, stderr=subprocess.DEVNULL)]  # fmt: skip
    try:
        _until(lambda: (root / "munge.socket").exists(), "munged", root)
        for words in (["slurmctld", "-D", "-i"], ["slurmd", "-D"]):
            started.append(subprocess.Popen([*words, "-f", str(conf)], env=env, stderr=subprocess.DEVNULL))
        _until(lambda: "idle" in _said(["sinfo", "-h", "-o", "%T"], env), "the node", root)
        yield env
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(root, ignore_errors=True)


def _said(words, env):
    return subprocess.run(words, env=env, capture_output=True, text=True).stdout


def _until(holds, what, root):
    for _ in range(300):
        if holds():
            return
        time.sleep(0.2)
    logs = "\n".join(f"{path.name}: {path.read_text()[-2000:]}" for path in root.glob("*.log"))
    raise RuntimeError(f"{what} did not start\n{logs}")


def _path():
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


if __name__ == "__main__":
    with cluster() as env:
        sys.exit(subprocess.run(sys.argv[1:], env=env).returncode)
