// An attacker who runs code in the job and writes variables, and main's command files at any moment.

import fc from 'fast-check'
import { JOB_VARIABLES } from '../../simulator/runner/variables.ts'
import { RunnerError } from '../../src/base/errors.ts'
import { useOf } from '../../src/steps/record.ts'
import { seal } from '../../src/steps/seal.ts'

export const EVIL = 'evil.example'

/** A record that main did not write. */
const forgery = fc.record({
  says: fc.constantFrom('no key', 'nothing yet', "somebody's key", 'nothing'),
  /** Of main in another step of this job, under another account's key, or forged. */
  seal: fc.constantFrom('of another use', "under another account's key", 'none'),
})
type Forgery = typeof forgery extends fc.Arbitrary<infer Value> ? Value : never

const tampering = fc.oneof(
  fc.record({ kind: fc.constantFrom('remove' as const, 'empty' as const) }),
  fc.record({ kind: fc.constant('put back' as const), save: fc.nat(5) }),
  fc.record({ kind: fc.constant('forge' as const), forgery }),
  fc.record({
    kind: fc.constantFrom('remove' as const, 'empty' as const, 'write' as const),
    file: fc.constantFrom('outputs' as const, 'exported' as const),
  }),
)
type Tampering = typeof tampering extends fc.Arbitrary<infer Value> ? Value : never

const variables = fc.record({
  // Often none: with an attacker's proxy, main gets nowhere.
  proxies: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    {
      weight: 1,
      arbitrary: fc.subarray<string>(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY']),
    },
  ),
  noProxy: fc.boolean(),
  record: fc.option(forgery, { nil: undefined }),
})
type Variables = typeof variables extends fc.Arbitrary<infer Value> ? Value : never

/** The random choices about an attacker. */
export const adversary = fc.record({
  before: fc.option(variables, { nil: undefined }),
  /** Before main's nth effect, or when main has ended. */
  tamperings: fc.array(fc.record({ effect: fc.nat(20), tampering }), { maxLength: 3 }),
  between: fc.option(variables, { nil: undefined }),
})
export type Adversary = typeof adversary extends fc.Arbitrary<infer Value> ? Value : never

/** What an attacker knows. */
export interface Loot {
  jobId: string
  longLivedKey: string
  otherKey: string
  /** A key of somebody else. */
  victim: { id: string; name: string }
}

function forge({ says, seal: kind }: Forgery, { jobId, longLivedKey, otherKey, victim }: Loot): string {
  const target = { apiHost: `https://${EVIL}/api/v2`, scope: { kind: 'personal' }, onRevokeFailure: 'warn' }
  const keys = { kind: 'keys', created: victim, doubtful: [], names: [], ...target, proxies: {} }
  if (says === 'nothing') return ''
  const text = JSON.stringify(says === "somebody's key" ? keys : { kind: says })
  const use = useOf({ ...JOB_VARIABLES, GITHUB_ACTION: kind === 'of another use' ? 'another' : '' }, jobId)
  return kind === 'none' ? `x.${text}` : seal(text, kind === 'of another use' ? longLivedKey : otherKey, use)
}

/** The variables that an attacker sets, as the runner passes them to a step: GitHub's own override them. */
export function variablesOf({ proxies, noProxy, record }: Variables, loot: Loot): Record<string, string> {
  return {
    ...Object.fromEntries(proxies.map((name) => [name, `http://${EVIL}:3128`])),
    ...(noProxy && { NO_PROXY: '*' }),
    ...(record && { STATE_record: forge(record, loot) }),
  }
}

/** The command files of a process and the attacker's changes to them. */
export class CommandFiles {
  /** What the runner finally reads from the state file. */
  record: string | undefined
  readonly outputs: Record<string, string> = {}
  readonly exported: Record<string, string> = {}
  readonly #saves: string[] = []
  readonly #removed = new Set<string>()
  #left: Adversary['tamperings']
  readonly #loot: Loot

  constructor(tamperings: Adversary['tamperings'], loot: Loot) {
    this.#left = tamperings.toSorted((one, other) => one.effect - other.effect)
    this.#loot = loot
  }

  save(value: string): void {
    this.#check('record')
    this.#saves.push(value)
    this.record = value
  }

  write(file: 'outputs' | 'exported', name: string, value: string): void {
    this.#check(file)
    this[file][name] = value
  }

  #check(file: string): void {
    if (this.#removed.has(file)) throw new RunnerError(`Cannot write to the runner's file of ${file}`)
  }

  /** Applies the changes due before main's nth effect. */
  tamper(effect: number): void {
    for (const { tampering } of this.#left.filter((one) => one.effect <= effect)) this.#apply(tampering)
    this.#left = this.#left.filter((one) => one.effect > effect)
  }

  #apply(tampering: Tampering): void {
    const file = 'file' in tampering ? tampering.file : 'record'
    if (tampering.kind === 'remove') this.#removed.add(file)
    if (file !== 'record') {
      for (const name of Object.keys(this[file])) delete this[file][name]
      if (tampering.kind === 'write') Object.assign(this[file], { api_key: 'forged', NEON_API_KEY: 'forged' })
    } else if (tampering.kind === 'put back') this.record = this.#saves[tampering.save] ?? this.record
    else this.record = tampering.kind === 'forge' ? forge(tampering.forgery, this.#loot) : undefined
  }
}
