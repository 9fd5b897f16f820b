import type { StepResult } from '../simulator/runner/job.ts'

const SCRIPT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  console.error(userCPUTime + systemCPUTime, maxRSS)
})`

/** Variables that make a Node step print its resource usage when it ends. */
export const USAGE = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SCRIPT)}` }

/** CPU time in milliseconds and peak memory in MiB; NaN for a step that does not run Node. */
export function usageOf({ stderr }: StepResult): { cpu: number; memory: number } {
  const [, cpu, memory] = /(\d+) (\d+)\s*$/.exec(stderr) ?? []
  return { cpu: Number(cpu) / 1000, memory: Number(memory) / 1024 }
}
