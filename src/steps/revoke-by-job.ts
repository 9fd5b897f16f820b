import { NeonRefused, RunnerError } from '../base/errors.ts'
import { readProxySettings } from '../base/proxy-settings.ts'
import { isOfJob } from '../github/key-name.ts'
import type { ListedKey } from '../neon/answers.ts'
import { canBeApiKey } from '../neon/api-key.ts'
import { connect, type Neon } from '../neon/client.ts'
import { listExplained, resolveScope } from '../neon/resolve-scope.ts'
import type { RequestedScope } from '../neon/scope.ts'
import { readTargetInputs, type TargetInputs } from './inputs.ts'
import { mayBeAlive, type SuspectedKey } from './may-be-alive.ts'
import type { Claim } from './record.ts'
import { reportUse } from './report-use.ts'
import { type Post, revokeItself } from './revoke-recorded.ts'

/**
 * Revokes the keys whose names have this job's ID, because main left no valid record: it ended before its first save, or
 * somebody removed or forged the record, or post got a different `api_key` than main (actions/runner 3514).
 *
 * @param claim what an unsealed record says about keys; post succeeds only if each of them is revoked
 * @throws {KeyMayBeAlive} if the keys could not be listed, or a known key may be alive
 */
export async function revokeByJob(post: Post, claim: Claim): Promise<void> {
  const { runner } = post.world
  if (claim.created?.key !== undefined) runner.mask(claim.created.key)
  const look = new Look(post)
  const failure = await look.run().then(
    () => undefined,
    (error) => ({ cause: error }),
  )
  const { suspects } = look
  await settleClaim(look, claim, failure?.cause ?? new RunnerError(NOT_GENUINE))
  const claimsKeys = claim.created !== undefined || claim.names.length > 0
  if (failure && !claimsKeys) suspects.push({ names: [], scope: look.scope, ...failure })
  if (suspects.length > 0) throw mayBeAlive(suspects, look.inputs?.onRevokeFailure ?? 'fail')
  if (look.revoked.size === 0 && !claimsKeys)
    runner.info('The main step left no record, and no API key of this job exists.')
}

const NOT_GENUINE =
  'The record in the state was not written by the main step with this api_key, and the list of keys does not contain this key'

/** One search for the keys of this job, by their names. */
class Look {
  /** `undefined` if they could not be read. */
  inputs: TargetInputs | undefined
  scope: RequestedScope | undefined
  /** IDs and names. */
  readonly revoked = new Set<string>()
  readonly suspects: SuspectedKey[] = []
  readonly post: Post

  constructor(post: Post) {
    this.post = post
  }

  /** @throws if the keys cannot be listed */
  async run(): Promise<void> {
    const { world, run, apiKey } = this.post
    this.inputs = readTargetInputs(world.runner)
    this.scope = this.inputs.scope
    if (!canBeApiKey(apiKey)) throw new NeonRefused('The api_key input contains no API key in the post step.', 401)
    if (run === undefined || run.jobId === '0') throw new RunnerError(NO_JOB_ID)
    const neon = this.connect(apiKey)
    const scope = await resolveScope(neon, this.inputs.scope, 'list')
    this.scope = scope
    const keys = neon.keysOf(scope)
    const isMeant = (key: ListedKey): boolean => isOfJob(key.name, run)
    const listed = await listExplained(neon, scope)
    for (const { id, name } of listed.filter(isMeant)) {
      try {
        // The list that settles a 404 may contain a key of this job that was created late.
        const key = await keys.revokeAndConfirm({ id, name }, isMeant)
        reportUse(world.runner, `Revoked the Neon API key ${id} (${name})`, key ?? GONE)
        this.revoked.add(id).add(name)
      } catch (cause) {
        this.suspects.push({ id, names: [name], scope, cause })
      }
    }
  }

  /** Connects to the `api_host` of the inputs. */
  connect(apiKey: string): Neon {
    const { world, deadline } = this.post
    const http = world.openHttp(readProxySettings(world.environment))
    return connect({ ...world, http }, { apiHost: this.inputs?.apiHost ?? '', apiKey, deadline })
  }
}

const GONE = { lastUsedAt: undefined, lastUsedFrom: undefined }

const NO_JOB_ID =
  'The main step left no valid record, and this runner does not provide the job ID, by which post could find the keys of this job'

/** Adds the claimed keys that the search did not find, unless they can revoke themselves. */
async function settleClaim(look: Look, { created, names, orgId }: Claim, cause: unknown): Promise<void> {
  const { inputs, suspects, revoked } = look
  const resolved = look.scope?.kind === 'unresolved project' ? undefined : look.scope
  const scope = resolved ?? (orgId === undefined ? look.scope : { kind: 'organization' as const, orgId })
  const unknown = names.filter((name) => !revoked.has(name))
  if (unknown.length > 0) suspects.push({ names: unknown, scope, cause })
  if (!created || revoked.has(created.id)) return
  try {
    const { key: fresh = '' } = created
    if (!canBeApiKey(fresh) || !inputs || resolved === undefined) throw cause
    const keys = look.connect(fresh).keysOf(resolved)
    const key = await revokeItself(look.post.world, keys, created.id)
    reportUse(look.post.world.runner, `Revoked the Neon API key ${created.id} (${created.name})`, key)
  } catch {
    suspects.push({ id: created.id, names: [created.name], scope, cause })
  }
}
