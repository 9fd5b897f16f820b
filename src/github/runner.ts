import * as core from '@actions/core'
import { RunnerError } from '../base/errors.ts'
import type { InputName, OutputName } from './metadata.ts'
import { sanitize } from './sanitize.ts'

/**
 * The runner's interface for a step. `saveState`, `output` and `exportVariable` throw a {@link RunnerError} if the runner's
 * file cannot be written.
 */
export interface Runner {
  /** An input of the workflow, trimmed; an empty string if it is not set. */
  input(name: InputName): string
  /** Makes the runner replace a value with `***` in all logs from now on. */
  mask(secret: string): void
  /** Replaces masked values in a text that is encoded before it is written. All other methods do this themselves. */
  redact(text: string): string
  saveState(name: string, value: string): void
  state(name: string): string
  output(name: OutputName, value: string): void
  exportVariable(name: string, value: string): void
  debug(message: string): void
  info(message: string): void
  /** Logs why the step waits; from the second time on in a group, to keep the log short. */
  waiting(message: string): void
  /** Adds Markdown to the job summary. */
  summary(markdown: string): Promise<void>
  /**
   * Adds an annotation, of one or more lines. The runner does not mask titles: they must be fixed text.
   */
  warning(message: string | readonly string[], title: string): void
  error(message: string | readonly string[], title: string): void
}

type Write = (name: string, value: string) => void

/** Another process of the job may have removed the file, or the disk may be full. */
const intoFile =
  (file: string, write: Write): Write =>
  (name, value) => {
    try {
      write(name, value)
    } catch (cause) {
      throw new RunnerError(`Cannot write ${name} to the runner's file ${file}`, { cause })
    }
  }

/** The real runner: `@actions/core` writes its commands and files, and nothing else does. */
export function githubRunner(): Runner {
  const secrets = new Set<string>()

  // The runner masks logs, but a line may also be written elsewhere, and it may contain text from Neon (for example, an
  // error message that repeats a key).
  const redact = (message: string): string => {
    let text = message
    for (const secret of secrets) text = text.replaceAll(secret, '***')
    return text
  }
  // Again at the end: removing control characters may restore a secret that they interrupted.
  const clean = (message: string): string => redact(sanitize(redact(message)))
  const cleanLines = (message: string | readonly string[]): string => [message].flat().map(clean).join('\n')

  let waits = 0
  const endWaiting = (): void => {
    if (waits > 1) core.endGroup()
    waits = 0
  }

  return {
    input: (name) => core.getInput(name),
    mask(secret) {
      if (secret === '' || secrets.has(secret)) return
      core.setSecret(secret)
      secrets.add(secret)
    },
    redact,
    saveState: intoFile('GITHUB_STATE', core.saveState),
    state: core.getState,
    output: intoFile('GITHUB_OUTPUT', core.setOutput),
    exportVariable: intoFile('GITHUB_ENV', core.exportVariable),
    debug: (message) => core.debug(clean(message)),
    info(message) {
      endWaiting()
      core.info(clean(message))
    },
    waiting(message) {
      waits += 1
      if (waits === 2) core.startGroup('Further attempts')
      core.info(clean(message))
    },
    async summary(markdown) {
      const { writeSummary } = await import(/* webpackChunkName: "sweep-keys" */ './job-summary.ts')
      await writeSummary(markdown.split('\n').map(clean).join('\n'))
    },
    warning(message, title) {
      endWaiting()
      core.warning(cleanLines(message), { title })
    },
    error(message, title) {
      endWaiting()
      core.error(cleanLines(message), { title })
    },
  }
}
