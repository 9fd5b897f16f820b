import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ActionFile, readActionFile } from './action-file.ts'
import { type CommandFiles, newCommandFiles, readPairs } from './command-files.ts'
import { parseCommand, type WorkflowCommand } from './commands.ts'

/** What a step did, as the runner sees it. */
export interface StepResult {
  name: string
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** The workflow commands on stdout, in order. */
  commands: WorkflowCommand[]
  /** Lines on stdout that are no commands. */
  log: string[]
  outputs: Record<string, string>
  state: Record<string, string>
  /** Variables that the step set for later ones. */
  exported: Record<string, string>
  files: CommandFiles
  milliseconds: number
}

export interface StepOptions {
  /** The inputs that the workflow writes; those it leaves out get the action's defaults. */
  with?: Record<string, string>
  /** Variables of this step alone. */
  env?: Record<string, string>
  /** Variables of its post step, where they are to be others. */
  postEnv?: Record<string, string>
  /** Called as soon as the process runs, e.g. to kill it as a cancelled job would. */
  onSpawn?: (kill: (signal: NodeJS.Signals) => void) => void
}

/** The machine's variables that a runner passes on; all others would make one machine's test differ from another's. */
const MACHINE = ['PATH', 'HOME', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR', 'NODE_EXTRA_CA_CERTS']

/**
 * A job on a runner, as far as an action can tell: variables, command files that stay until the end, masks, post steps
 * last in first out, each with the state of its own main step and inputs evaluated again.
 */
export class Job {
  /** The variables of every step from now on. */
  readonly env: Record<string, string>
  /** What the runner would replace by `***`. */
  readonly masks: string[] = []
  readonly steps: StepResult[] = []
  readonly folder: string
  readonly #posts: (() => Promise<StepResult>)[] = []
  #postInputs: Record<string, string> = {}

  /** @param env more variables, or other values of GitHub's own */
  constructor(env: Record<string, string> = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'job-'))
    this.env = {
      ...Object.fromEntries(
        MACHINE.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
      ),
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_API_URL: 'https://api.github.com',
      GITHUB_REPOSITORY: 'octo-org/shop',
      GITHUB_REPOSITORY_ID: '812345678',
      GITHUB_RUN_ID: '19876543210',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_JOB: 'test',
      RUNNER_TEMP: this.folder,
      ...env,
    }
  }

  /** Runs an action's main step and keeps its post step for {@link end}. */
  async uses(actionFile: string, options: StepOptions = {}): Promise<StepResult> {
    const action = readActionFile(actionFile)
    const inputs = inputsOf(action, options.with ?? {})
    const result = await this.#run(action.name, process.execPath, [action.main], { ...options.env, ...inputs }, options)
    const { post } = action
    if (post !== undefined) {
      this.#posts.push(() => {
        const state = Object.fromEntries(Object.entries(result.state).map(([name, value]) => [`STATE_${name}`, value]))
        const env = { ...(options.postEnv ?? options.env), ...inputs, ...asVariables(this.#postInputs), ...state }
        return this.#run(`Post ${action.name}`, process.execPath, [post], env, {})
      })
    }
    return result
  }

  /** Runs a step of the workflow's own. */
  run(name: string, command: string, parameters: string[], options: StepOptions = {}): Promise<StepResult> {
    return this.#run(name, command, parameters, options.env ?? {}, options)
  }

  /** Ends the job: runs the post steps, the last one first. */
  async end(): Promise<StepResult[]> {
    const results: StepResult[] = []
    for (let post = this.#posts.pop(); post; post = this.#posts.pop()) results.push(await post())
    return results
  }

  /** Has post steps see other inputs than their main steps did, as happens in composite actions (actions/runner 3514). */
  overridePostInputs(inputs: Record<string, string>): void {
    this.#postInputs = inputs
  }

  /** Every file that the steps so far have left on the runner's disk: what a later step can read. */
  filesOnDisk(): { path: string; text: string }[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  }

  /** A text as the log would show it. */
  readonly masked = (text: string): string => {
    return this.masks.reduce((masked, secret) => masked.replaceAll(secret, '***'), text)
  }

  /** Removes what the job has left on this machine's disk. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #run(
    name: string,
    command: string,
    parameters: string[],
    env: Record<string, string>,
    { onSpawn }: StepOptions,
  ): Promise<StepResult> {
    const files = newCommandFiles(join(this.folder, '_runner_file_commands'))
    const child = spawn(command, parameters, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...this.env,
        ...env,
        GITHUB_STATE: files.state,
        GITHUB_OUTPUT: files.output,
        GITHUB_ENV: files.env,
        GITHUB_STEP_SUMMARY: files.summary,
      },
    })
    const start = performance.now()
    const output = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += text))
    onSpawn?.((signal) => child.kill(signal))
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, by) => resolve([code, by]))
    })
    const lines = output.stdout.split(/\r?\n/).filter((line) => line !== '')
    const result: StepResult = {
      name,
      exitCode,
      signal,
      ...output,
      commands: lines.flatMap((line) => parseCommand(line) ?? []),
      log: lines.filter((line) => !parseCommand(line)),
      outputs: readPairs(files.output),
      state: readPairs(files.state),
      exported: readPairs(files.env),
      files,
      milliseconds: performance.now() - start,
    }
    // The runner takes these over in a `finally`: also of a step that failed or was killed (ActionRunner.cs).
    Object.assign(this.env, result.exported)
    this.masks.push(...result.commands.filter(({ command }) => command === 'add-mask').map(({ message }) => message))
    this.steps.push(result)
    return result
  }
}

function inputsOf(action: ActionFile, given: Record<string, string>): Record<string, string> {
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? ''])
  return asVariables({ ...Object.fromEntries(defaults), ...given })
}

function asVariables(inputs: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
}
