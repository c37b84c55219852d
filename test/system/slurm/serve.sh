#!/bin/sh
# A Slurm of one node, only for the tests: own folder, own ports, own munge key; nothing of the system's Slurm is read or changed.
# Runs as the user who starts it. Says 'ready' when a job would start, serves until its standard input closes, then ends every
# process that it or its jobs started, and removes the folder.
# usage: serve.sh FOLDER SLURMCTLD_PORT SLURMD_PORT CPUS
set -eu
state=$1 controller_port=$2 node_port=$3 cpus=$4
PATH=$PATH:/usr/sbin:/sbin
export SLURM_CONF="$state/slurm.conf"
host=$(hostname -s)
user=$(id -un)

mkdir -p "$state/state" "$state/spool" "$state/munge"
chmod 755 "$state" "$state/munge"

cat >"$SLURM_CONF" <<CONF
ClusterName=shapelaw
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$node_port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
# cred_expire: a requeued job waits so many seconds; the default is 120 s
AuthInfo=socket=$state/munge/socket,cred_expire=5
StateSaveLocation=$state/state
SlurmdSpoolDir=$state/spool
SlurmctldPidFile=$state/slurmctld.pid
SlurmdPidFile=$state/slurmd.pid
SlurmctldLogFile=$state/slurmctld.log
SlurmdLogFile=$state/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
SlurmdParameters=config_overrides
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
KillWait=10
NodeName=local NodeHostname=$host NodeAddr=127.0.0.1 Port=$node_port CPUs=$cpus State=UNKNOWN
PartitionName=main Nodes=local Default=YES MaxTime=INFINITE State=UP
CONF

# Slurm's jobs run in sessions of their own: they are known by the configuration in their environment.
ours() {
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    [ "$pid" != $$ ] || continue
    ! tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qxF "SLURM_CONF=$SLURM_CONF" || echo "$pid"
  done
}

stop() {
  trap - EXIT
  kill ${daemons:-} 2>/dev/null || true
  for signal in TERM KILL; do
    for pid in $(ours); do kill -$signal "$pid" 2>/dev/null || true; done
    sleep 0.2
  done
  rm -rf "$state"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

fail() {
  echo "$1" >&2
  tail -n 20 "$state"/*.log "$state"/*.err >&2 || true
  exit 1
}

head -c 128 /dev/urandom >"$state/munge/key"
chmod 600 "$state/munge/key"
munged --foreground --key-file="$state/munge/key" --socket="$state/munge/socket" --pid-file="$state/munge/pid" \
  --seed-file="$state/munge/seed" --log-file="$state/munge/log" 2>"$state/munged.err" </dev/null &
daemons=$!
for _ in $(seq 50); do [ -S "$state/munge/socket" ] && break; sleep 0.1; done
slurmctld -D 2>"$state/slurmctld.err" >&2 </dev/null &
daemons="$daemons $!"
slurmd -D 2>"$state/slurmd.err" >&2 </dev/null &
daemons="$daemons $!"

for _ in $(seq 100); do
  if sinfo --noheader --format=%t 2>/dev/null | grep -qx idle; then ready=yes && break; fi
  for pid in $daemons; do kill -0 "$pid" 2>/dev/null || fail 'a daemon ended'; done
  sleep 0.2
done
[ "${ready:-}" = yes ] || fail 'the node did not become idle'
echo ready
cat >/dev/null
