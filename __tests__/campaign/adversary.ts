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

const tampering = fc.oneof(
  fc.record({ kind: fc.constantFrom('remove' as const, 'empty' as const) }),
  fc.record({ kind: fc.constant('put back' as const), save: fc.nat(5) }),
  fc.record({ kind: fc.constant('forge' as const), forgery }),
  fc.constant({ kind: 'remove outputs' as const }),
  fc.record({ kind: fc.constantFrom('remove variables' as const, 'empty variables' as const) }),
  fc.record({ kind: fc.constant('write variables' as const), variables }),
)
type Tampering = typeof tampering extends fc.Arbitrary<infer Value> ? Value : never

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
  /** What the runner finally reads: the record, and the variables for later steps. */
  record: string | undefined
  variables: Record<string, string> = {}
  readonly #saves: string[] = []
  readonly #removed = new Set<'state' | 'outputs' | 'variables'>()
  #left: Adversary['tamperings']
  readonly #loot: Loot

  constructor(tamperings: Adversary['tamperings'], loot: Loot) {
    this.#left = tamperings.toSorted((one, other) => one.effect - other.effect)
    this.#loot = loot
  }

  save(value: string): void {
    this.check('state')
    this.#saves.push(value)
    this.record = value
  }

  exportVariable(name: string, value: string): void {
    this.check('variables')
    this.variables[name] = value
  }

  /** Throws as the runner's interface does if the file has been removed. */
  check(file: 'state' | 'outputs' | 'variables'): void {
    if (this.#removed.has(file)) throw new RunnerError(`Cannot write to the runner's file of ${file}`)
  }

  /** Applies the changes due before main's nth effect. */
  tamper(effect: number): void {
    for (const { tampering } of this.#left.filter((one) => one.effect <= effect)) this.#apply(tampering)
    this.#left = this.#left.filter((one) => one.effect > effect)
  }

  #apply(tampering: Tampering): void {
    switch (tampering.kind) {
      case 'put back':
        this.record = this.#saves[tampering.save] ?? this.record
        break
      case 'forge':
        this.record = forge(tampering.forgery, this.#loot)
        break
      case 'remove':
        this.#removed.add('state')
        this.record = undefined
        break
      case 'empty':
        this.record = undefined
        break
      case 'remove outputs':
        this.#removed.add('outputs')
        break
      case 'remove variables':
        this.#removed.add('variables')
        this.variables = {}
        break
      case 'empty variables':
        this.variables = {}
        break
      case 'write variables':
        Object.assign(this.variables, variablesOf(tampering.variables, this.#loot))
    }
  }
}
