/** The machine's variables that a runner passes on; any others would make tests depend on the machine. */
const MACHINE = ['PATH', 'HOME', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR', 'NODE_EXTRA_CA_CERTS']
/** Which mutant is active in the code; set by `npm run mutation`. */
const MUTANT = '__STRYKER_ACTIVE_MUTANT__'

/** GitHub's facts about every simulated job. */
export const JOB_VARIABLES = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_REPOSITORY: 'octo-org/shop',
  GITHUB_REPOSITORY_ID: '812345678',
  GITHUB_RUN_ID: '19876543210',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_JOB: 'test',
}

/** GitHub's own variables in a job; no step can set them. */
export const githubVariables = (temp: string, workspace: string): Record<string, string> => ({
  ...JOB_VARIABLES,
  GITHUB_WORKSPACE: workspace,
  RUNNER_OS: { win32: 'Windows', darwin: 'macOS' }[process.platform as string] ?? 'Linux',
  RUNNER_TEMP: temp,
})

/** Variables that only actions get, not `run` steps. */
export const ACTION_VARIABLES = {
  ACTIONS_RUNTIME_URL: 'https://pipelines.actions.githubusercontent.com/',
  ACTIONS_RUNTIME_TOKEN: 'a-token-of-the-simulated-runner',
}

/**
 * The variables of a step (Runner, ActionRunner.cs, NodeScriptActionHandler.cs, ProcessInvoker.cs).
 *
 * @param layers later ones override earlier ones, and all of them override the machine's
 */
export function variablesOf(layers: Record<string, string>[], windows: boolean): Record<string, string> {
  const machine = [...MACHINE, MUTANT].flatMap((name): [string, string][] => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  const pairs = [...machine, ...layers.flatMap((layer) => Object.entries(layer))]
  return { CI: 'true', ...(windows ? ignoringCase(pairs) : Object.fromEntries(pairs)), GITHUB_ACTIONS: 'true' }
}

/** The variables of one step of an action: its `env`, the state that main saved, its inputs; later ones override. */
export const stepVariables = (
  env: Record<string, string>,
  state: Record<string, string>,
  inputs: Record<string, string>,
): Record<string, string> =>
  Object.fromEntries([
    ...Object.entries(env),
    ...Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]),
    ...Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  ])

/** Merges pairs whose names differ only in case: the last value counts, under the name as first written. */
export function ignoringCase(pairs: [string, string][]): Record<string, string> {
  const merged = new Map<string, [string, string]>()
  for (const [name, value] of pairs) {
    const key = name.toUpperCase()
    merged.set(key, [merged.get(key)?.[0] ?? name, value])
  }
  return Object.fromEntries(merged.values())
}
