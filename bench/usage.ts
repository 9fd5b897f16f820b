import type { StepResult } from '../simulator/runner/job.ts'

const SCRIPT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  console.error(userCPUTime + systemCPUTime, maxRSS)
})`

/** The variables with which a step of Node's prints what it has used as it ends. */
export const USAGE = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SCRIPT)}` }

/** CPU time in milliseconds, peak memory in MiB; NaN of a step that is not Node's. */
export function usageOf({ stderr }: StepResult): { cpu: number; memory: number } {
  const [, cpu, memory] = /(\d+) (\d+)\s*$/.exec(stderr) ?? []
  return { cpu: Number(cpu) / 1000, memory: Number(memory) / 1024 }
}
