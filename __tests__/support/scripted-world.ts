import type { HttpResponse } from '../../src/base/http.ts'
import { sealedText } from '../../src/steps/seal.ts'
import type { World } from '../../src/steps/world.ts'
import { inShort, LONG_LIVED, script, withoutRequestIds } from './scripted-neon.ts'

export interface Start {
  inputs?: Record<string, string>
  environment?: Record<string, string>
  /** What main saved. */
  state?: Record<string, string>
  answers?: HttpResponse[]
  /** Called with each thing that happens, as in {@link ScriptedWorld.happened}. */
  onEach?: (happened: string, cancel: () => void) => void
}

export interface ScriptedWorld {
  world: World
  /** Requests and calls of the runner, in order, e.g. `output: api_key_id | 7`. */
  happened: string[]
  state: Record<string, string>
}

const JOB = {
  GITHUB_REPOSITORY: 'octo-org/shop',
  GITHUB_REPOSITORY_ID: '81',
  GITHUB_RUN_ID: '19',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_JOB: 'test',
}

/** The effects of a step in the job 55 of a run; the runner only notes what the step asks for. */
export function scriptedWorld({ inputs, environment, state = {}, answers = [], onEach }: Start = {}): ScriptedWorld {
  const happened: string[] = []
  const cancellation = new AbortController()
  const note = (kind: string, ...parts: string[]): void => {
    const text = withoutRequestIds(`${kind}: ${parts.join(' | ')}`).replaceAll(
      /gha\/81\/19\/2\/55\/[a-z2-7]{8}\/shop\.test/g,
      '<name>',
    )
    happened.push(text)
    onEach?.(text, () => cancellation.abort(new Error('cancelled')))
  }
  const noted =
    (kind: string) =>
    (...parts: (string | readonly string[])[]): void =>
      note(kind, ...parts.flat())
  const given: Record<string, string> = { api_key: LONG_LIVED, scope: 'personal', job_id: '55', ...inputs }
  const { clock, http, random } = script(answers, (request) => note('request', inShort(request)))
  const world: World = {
    ...{ clock, random, cancelled: cancellation.signal, event: () => '' },
    environment: { ...JOB, ...environment },
    openHttp(proxies) {
      const { https, http: plain, no } = proxies
      if (https || plain || no) note('proxies', https, plain, no)
      return http
    },
    runner: {
      input: (name) => given[name] ?? '',
      mask: noted('mask'),
      redact: (text) => text,
      saveState(name, value) {
        state[name] = value
        note('state', sealedText(value))
      },
      state: (name) => state[name] ?? '',
      output: noted('output'),
      exportVariable: noted('variable'),
      debug: noted('debug'),
      info: noted('info'),
      waiting: noted('waiting'),
      summary: async (markdown) => note('summary', markdown),
      warning: noted('warning'),
      error: noted('error'),
    },
  }
  return { world, happened, state }
}
