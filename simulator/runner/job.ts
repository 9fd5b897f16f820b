import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readActionFile } from './action-file.ts'
import { type CommandFiles, type Handed, newCommandFiles, readCommandFiles } from './command-files.ts'
import type { WorkflowCommand } from './commands.ts'
import { evaluateInputs } from './inputs.ts'
import { Masks } from './masks.ts'
import { type OnSpawn, type ProcessResult, runProcess } from './process.ts'
import type { SharedProcesses } from './shared-process.ts'
import { type Annotation, StepLog } from './step-log.ts'
import { ACTION_VARIABLES, githubVariables, stepVariables, variablesOf } from './variables.ts'

/** The result of a step, as the runner sees it. */
export interface StepResult extends ProcessResult, Handed {
  name: string
  /** Also `failure` if a command or a command file was invalid. */
  conclusion: 'success' | 'failure'
  /** The workflow commands that the runner processed, in order and unmasked. */
  commands: WorkflowCommand[]
  /** The lines that GitHub shows, each masked with the secrets known when it arrived. */
  log: string[]
  annotations: Annotation[]
  files: CommandFiles
}

/** What a test does at certain points of a step. */
export interface StepHooks {
  /** Called as soon as the process runs, e.g. to kill it as a cancelled job would. */
  onSpawn?: OnSpawn
  /** Called when the process has ended, before the runner reads its files; a leftover process could act then. */
  beforeRead?: (files: CommandFiles) => void | Promise<void>
}

export interface StepOptions extends StepHooks {
  /** The inputs in the workflow; the others get the action's defaults. */
  with?: Record<string, string>
  /** Variables of this step only. */
  env?: Record<string, string>
  /** Variables of its post step, if they differ. */
  postEnv?: Record<string, string>
}

/** A step that is about to run. */
interface Step extends StepHooks {
  name: string
  command: string[]
  /** Its variables besides those of the job: GitHub's override `own` ones, and `github` ones override GitHub's. */
  own: Record<string, string>
  github: Record<string, string>
}

/**
 * A job on a runner, as far as an action can tell: variables, command files that stay until the end, masks, and post
 * steps in reverse order, each with the state of its own main step and with inputs that are evaluated again.
 */
export class Job {
  /** The job's `env`, and the variables that steps have written to `GITHUB_ENV`. */
  readonly env: Record<string, string> = {}
  /** GitHub's own variables, which no step can change. */
  readonly github: Record<string, string>
  /** `${{ job.check_run_id }}`; empty on GitHub Enterprise Server, act and Forgejo. */
  checkRunId = '48216309157'
  /** `${{ github.token }}` */
  token = 'a-github-token-of-the-simulated-runner'
  /** If set, the following steps are those of a composite action and share this `GITHUB_ACTION`. */
  composite: string | undefined
  /** Whether Ctrl-C in a terminal does not reach the steps. */
  apart = false
  /** If set, these processes run the steps where that makes no difference; otherwise each step has its own process. */
  shared: SharedProcesses | undefined
  readonly steps: StepResult[] = []
  readonly folder = mkdtempSync(join(tmpdir(), 'job-'))
  readonly #temp = join(this.folder, '_temp')
  readonly #workspace = join(this.folder, 'workspace')
  readonly #masks = new Masks()
  /** The secrets that the runner would replace with `***`. */
  readonly masks: readonly string[] = this.#masks.secrets
  /** A text as the log would show it. */
  readonly masked = this.#masks.hide
  readonly #uses = new Map<string, number>()
  readonly #posts: ((hooks: StepHooks) => Promise<StepResult>)[] = []
  #postInputs: Record<string, string> = {}

  /** @param env the job's `env`, and other values of `GITHUB_…` and `RUNNER_…` variables */
  constructor(env: Record<string, string> = {}) {
    for (const path of [this.#temp, this.#workspace]) mkdirSync(path)
    this.github = githubVariables(this.#temp, this.#workspace)
    for (const [name, value] of Object.entries(env)) {
      Object.assign(/^(GITHUB|RUNNER)_/.test(name) ? this.github : this.env, { [name]: value })
    }
  }

  /** Runs an action's main step and keeps its post step for {@link end}. */
  async uses(actionFile: string, options: StepOptions = {}): Promise<StepResult> {
    const action = readActionFile(actionFile)
    const { name, post } = action
    const github = { ...ACTION_VARIABLES, ...this.#actionName(`__octo-org_${name.replaceAll(' ', '-')}`) }
    const inputs = (env: Record<string, string>): Record<string, string> =>
      evaluateInputs(action, options.with ?? {}, this.#context(env))
    const { env = {}, postEnv = env } = options
    const own = stepVariables(env, {}, inputs(env))
    const main = await this.#run({ ...options, name, command: [process.execPath, action.main], own, github })
    if (post !== undefined) {
      this.#posts.push((hooks) => {
        const own = stepVariables(postEnv, main.state, { ...inputs(postEnv), ...this.#postInputs })
        return this.#run({ ...hooks, name: `Post ${name}`, command: [process.execPath, post], own, github })
      })
    }
    return main
  }

  /** Runs a step of the workflow's own. */
  run(name: string, command: string, parameters: string[], options: StepOptions = {}): Promise<StepResult> {
    const github = this.#actionName('__run')
    return this.#run({ ...options, name, command: [command, ...parameters], own: options.env ?? {}, github })
  }

  /** Ends the job: runs the post steps, the last one first. */
  async end(hooks: StepHooks = {}): Promise<StepResult[]> {
    const results: StepResult[] = []
    for (let post = this.#posts.pop(); post; post = this.#posts.pop()) results.push(await post(hooks))
    return results
  }

  /** Gives post steps different inputs than their main steps, as happens in composite actions (actions/runner 3514). */
  overridePostInputs(inputs: Record<string, string>): void {
    this.#postInputs = inputs
  }

  /** Every file that earlier steps have left on the runner's disk, where a later step can read it. */
  filesOnDisk(): { path: string; text: string }[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  }

  /** Removes the job's files from this machine's disk. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #run({ name, command, own, github, onSpawn, beforeRead }: Step): Promise<StepResult> {
    const files = newCommandFiles(join(this.#temp, '_runner_file_commands'))
    const log = new StepLog(this.#masks, this.github.RUNNER_DEBUG === '1')
    const windows = this.github.RUNNER_OS === 'Windows'
    const paths = {
      GITHUB_STATE: files.state,
      GITHUB_OUTPUT: files.output,
      GITHUB_ENV: files.env,
      GITHUB_STEP_SUMMARY: files.summary,
    }
    const env = variablesOf([this.env, own, this.github, github, paths], windows)
    const onLine = (line: string): void => log.read(line)
    const options = { command, cwd: this.#workspace, env, onLine, onSpawn, apart: this.apart }
    const ended = await runProcess(options, this.shared).catch((error) => {
      log.fail(error.message)
      return { exitCode: null, signal: null, stdout: '', stderr: '', milliseconds: 0 }
    })
    await beforeRead?.(files)
    // The runner reads these in a `finally`, so even if the step failed or was killed (ActionRunner.cs).
    const handed = readCommandFiles(files, log, windows)
    Object.assign(this.env, handed.exported)
    const { commands, lines, annotations, failed } = log
    const conclusion = ended.exitCode === 0 && !failed ? 'success' : 'failure'
    const result: StepResult = { name, ...ended, ...handed, conclusion, commands, log: lines, annotations, files }
    this.steps.push(result)
    return result
  }

  /** The current value of each expression that inputs may contain. */
  #context(env: Record<string, string>): Record<string, string> {
    const variables = Object.entries({ ...this.env, ...env }).map(([name, value]) => [`env.${name}`, value])
    return { 'job.check_run_id': this.checkRunId, 'github.token': this.token, ...Object.fromEntries(variables) }
  }

  /** A second use of the same action or of `run:` gets a number. */
  #actionName(name: string): { GITHUB_ACTION: string } {
    if (this.composite !== undefined) return { GITHUB_ACTION: this.composite }
    const count = (this.#uses.get(name) ?? 0) + 1
    this.#uses.set(name, count)
    return { GITHUB_ACTION: count === 1 ? name : `${name}_${count}` }
  }
}
