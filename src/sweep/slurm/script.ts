import type { SlurmSettings } from '../schema.js';

export interface ScriptParts {
  /** Working folder of the command. */
  readonly folder: string;
  /** The command of a job, less the job's id, which is its last argument. */
  readonly command: readonly string[];
  /** Ids of the jobs by place in the array. */
  readonly jobs: readonly string[];
  readonly threads: SlurmSettings['cpus'];
}

/** One word of a POSIX shell, whatever the text holds but NUL. @example quote("it's") // => `'it'\''s'` */
export const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The batch script of the array. Slurm sends USR1 to the script alone when the time limit is near (or, where the cluster is
 * set so, on preemption): the run writes its checkpoint and the script requeues its own task. TERM comes to the run itself
 * when Slurm ends or requeues the task. A run killed from outside is started again, twice.
 */
export const writeScript = ({ folder, command, jobs, threads }: ScriptParts): string => `#!/bin/bash
cd -- ${quote(folder)} || exit 1
jobs=(
${jobs.map(id => `  ${quote(id)}`).join('\n')}
)
export TF_NUM_INTRAOP_THREADS=${threads ?? `"\${TF_NUM_INTRAOP_THREADS:-1}"`}
warned= ended=
trap 'warned=1; kill -TERM "$run" 2>/dev/null' USR1
trap 'ended=1' TERM

for attempt in 1 2 3; do
  ${command.map(quote).join(' ')} "\${jobs[SLURM_ARRAY_TASK_ID]}" &
  run=$!
  while kill -0 "$run" 2>/dev/null; do wait "$run"; done
  wait "$run"
  status=$?
  [ -z "$warned$ended" ] && [ "$status" -gt 128 ] || break
  echo "shapelaw: the run was ended by signal $((status - 128)), attempt $attempt of 3" >&2
done

if [ -n "$warned" ] && [ -z "$ended" ] && [ "$status" != 0 ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 30
fi
exit "$status"
`;
