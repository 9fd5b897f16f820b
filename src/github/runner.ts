import * as core from '@actions/core'
import type { InputName, OutputName } from './metadata.ts'
import { sanitize } from './sanitize.ts'

/** What the runner offers to a step. */
export interface Runner {
  /** An input as the workflow wrote it, trimmed; an empty string where it is not set. */
  input(name: InputName): string
  /** Makes the runner replace a value by `***` in every log from here on. */
  mask(secret: string): void
  /** Replaces masked values, for a text that is encoded before it is written. All other methods do so themselves. */
  redact(text: string): string
  saveState(name: string, value: string): void
  state(name: string): string
  output(name: OutputName, value: string): void
  exportVariable(name: string, value: string): void
  debug(message: string): void
  info(message: string): void
  /** Logs why the step waits; from the second time on within a group, so that the log stays short. */
  waiting(message: string): void
  /** Adds Markdown to the page of the run. */
  summary(markdown: string): Promise<void>
  /**
   * Adds an annotation, of one or more lines. The runner masks no titles: they must be our own words.
   */
  warning(message: string | readonly string[], title: string): void
  error(message: string | readonly string[], title: string): void
}

/** The runner's real commands and files, as `@actions/core` writes them; nothing else writes them. */
export function githubRunner(): Runner {
  const secrets = new Set<string>()

  // The runner masks logs, but a log is not the only place where a line may end up, and Neon's own words (an error
  // message that repeats a key, say) pass through here as well.
  const redact = (message: string): string => {
    let text = message
    for (const secret of secrets) text = text.replaceAll(secret, '***')
    return text
  }
  // Once more at the end: a secret may be whole only when control characters in it are gone.
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
    saveState: core.saveState,
    state: core.getState,
    output: core.setOutput,
    exportVariable: core.exportVariable,
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
