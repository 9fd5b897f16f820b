// The action's assumptions about Neon, one statement a row. `npm run conformance` checks them; docs/neon.md lists them.

import {
  decodeAuthMethod,
  decodeCreatedKey,
  decodeKeys,
  decodeProjectOrganization,
  decodeRevokedKey,
  InvalidBody,
} from '../../src/neon/answers.ts'
import { ORGANIZATION_KEY, PROJECT_SCOPED } from '../../src/neon/refusals.ts'
import { Contradiction, type Kind, NotChecked, type Reply, type Session } from './session.ts'

export interface Statement {
  says: string
  /** The page that documents it, and its date. */
  source: string
  /**
   * @returns the observation, without details that differ from run to run
   * @throws {Contradiction | NotChecked}
   */
  check: (it: Session) => Promise<string>
}

const GUIDE = 'neon.com/docs/manage/api-keys (2026-08-26)'
const ORGS_GUIDE = 'neon.com/docs/manage/orgs-api (2025-01-06)'
const ROTATE = 'neon.com/faqs/rotate-neon-api-keys (2026-09-23)'
const RATES = 'api-docs.neon.tech/reference/api-rate-limiting (without a date)'
const OPENAPI = '`@neondatabase/api-client` 2.7.3 (2026-07)'
const SEEN = 'seen in public repositories (2026-09)'
const CLI = "no document; Neon's CLI tries it (`neon` 6.2.3, 2026-09)"
const NONE = 'no document'

const KINDS: Record<Kind, string> = {
  personal: 'a personal key',
  organization: "an organization's key",
  project: 'a project-scoped key',
}
const kinds = Object.keys(KINDS) as Kind[]

export const STATEMENTS: readonly Statement[] = [
  {
    says: 'A name may contain slashes.',
    source: NONE,
    check: async (it) => accepted(await it.create(it.narrowest, { name: it.name('/a/b') })),
  },
  {
    says: 'A name may have 64 characters.',
    source: OPENAPI,
    check: async (it) => accepted(await it.create(it.narrowest, { name: it.name().padEnd(64, 'x') })),
  },
  {
    says: 'A name of 65 characters is refused.',
    source: OPENAPI,
    check: async (it) => refused(await it.create(it.narrowest, { name: it.name().padEnd(65, 'x') })),
  },
  {
    says: 'A name that is already taken in the account is refused.',
    source: 'no document; the message appears in public code (2026)',
    async check(it) {
      const name = it.name()
      await it.fresh(it.narrowest, name)
      return refused(await it.create(it.narrowest, { name }))
    },
  },
  {
    says: 'A key is listed as soon as it is created, under the requested name.',
    source: NONE,
    async check(it) {
      const name = it.name('.A-z_9')
      const { id } = await it.fresh(it.narrowest, name)
      return expect((await it.listed(it.narrowest)).find((key) => key.id === id)?.name === name)
    },
  },
  ...kinds.map((kind) => ({
    says: `The answer to creating ${KINDS[kind]} has \`id\`, a positive integer, and \`key\`.`,
    source: kind === 'personal' ? GUIDE : `${GUIDE}; ${ORGS_GUIDE}`,
    check: async (it: Session) => fields(await it.create(kind), (body) => decodeCreatedKey(body, () => {})),
  })),
  ...(['personal', 'organization'] as const).map((kind) => ({
    says: `The list that has ${KINDS[kind]} is an array; each item has \`id\`, \`name\` and \`created_at\`.`,
    source: `${GUIDE}; ${OPENAPI}`,
    async check(it: Session) {
      await it.shared(kind)
      return fields(await it.list(kind), (body) => {
        if (decodeKeys(body, () => {}).some(({ createdAt }) => createdAt === '')) throw new InvalidBody('no date')
      })
    },
  })),
  {
    says: 'The list shows the project of a project-scoped key, and no project for other keys.',
    source: OPENAPI,
    async check(it) {
      const [scoped, other] = [await it.shared('project'), await it.shared('organization')]
      const listed = await it.listed('organization')
      const projectOf = (id: string) => listed.find((key) => key.id === id)?.projectId
      return expect(projectOf(scoped.id) === it.target.projectId && projectOf(other.id) === undefined)
    },
  },
  ...kinds.map((kind) => ({
    says: `The answer to revoking ${KINDS[kind]} has the same \`id\` and \`revoked: true\`.`,
    source: OPENAPI,
    async check(it: Session) {
      const { id } = await it.fresh(kind)
      return fields(await it.revoke(kind, id), (body) => decodeRevokedKey(body, id))
    },
  })),
  {
    says: 'The answer to a revocation says when the key was last used, or that it never was.',
    source: `${OPENAPI}; not in other documents`,
    async check(it) {
      const [used, unused] = [await it.fresh('personal'), await it.fresh('personal')]
      await it.ask('GET', '/auth', { apiKey: used.key })
      const told = async ({ id }: { id: string }): Promise<string> => {
        const { json } = await it.revoke('personal', id)
        return typeof json?.last_used_at === 'string' ? 'a date' : JSON.stringify(json?.last_used_at ?? null)
      }
      const seen = `${await told(used)} if used, ${await told(unused)} if not`
      return expect(seen === 'a date if used, null if not', seen)
    },
  },
  {
    says: 'A project names its organization: `project.org_id`.',
    source: OPENAPI,
    async check(it) {
      const { orgId, projectId } = it.scopeOf('project') as { orgId: string; projectId: string }
      const reply = await it.ask('GET', `/projects/${projectId}`)
      return expect(believed(reply, (body) => decodeProjectOrganization(body, projectId)) === orgId)
    },
  },
  {
    says: '`GET /auth` calls a personal key `api_key_user`.',
    source: OPENAPI,
    check: async (it) => authMethod(await it.ask('GET', '/auth'), 'api_key_user'),
  },
  {
    says: "`GET /auth` calls an organization's key `api_key_org`.",
    source: OPENAPI,
    async check(it) {
      const { key } = await it.shared('organization')
      return authMethod(await it.ask('GET', '/auth', { apiKey: key }), 'api_key_org')
    },
  },
  {
    says: 'A revoked key is rejected at once, with 401.',
    source: ROTATE,
    async check(it) {
      const { key } = await it.dead('personal')
      return refused(await it.ask('GET', '/auth', { apiKey: key }), 401)
    },
  },
  {
    says: 'A revoked key is no longer listed.',
    source: NONE,
    async check(it) {
      const { id } = await it.dead(it.narrowest)
      return expect(!(await it.listed(it.narrowest)).some((key) => key.id === id))
    },
  },
  {
    says: 'Revoking a key for the second time is refused with 404.',
    source: NONE,
    async check(it) {
      const { id } = await it.dead(it.narrowest)
      return refused(await it.revoke(it.narrowest, id), 404)
    },
  },
  ...(['personal', 'organization'] as const).map((kind) => ({
    says: `A key may revoke itself: ${KINDS[kind]}.`,
    source: kind === 'personal' ? CLI : `${ORGS_GUIDE}; for itself, no document`,
    async check(it: Session) {
      const { id, key } = await it.fresh(kind)
      return accepted(await it.revoke(kind, id, key))
    },
  })),
  {
    says: "An organization's key may list and revoke the keys of its organization.",
    source: ORGS_GUIDE,
    async check(it) {
      const [{ key }, { id }] = [await it.shared('organization'), await it.fresh('organization')]
      const list = accepted(await it.list('organization', key))
      return `${list}, ${accepted(await it.revoke('organization', id, key))}`
    },
  },
  {
    says: `An organization's key may not create keys: "…${ORGANIZATION_KEY}".`,
    source: `${ORGS_GUIDE}; the message: ${SEEN}`,
    async check(it) {
      const { key } = await it.shared('organization')
      return inWords(await it.create('organization', { apiKey: key }), ORGANIZATION_KEY)
    },
  },
  {
    says: `An organization's key may not list personal keys: "…${ORGANIZATION_KEY}".`,
    source: SEEN,
    async check(it) {
      const { key } = await it.shared('organization')
      return inWords(await it.list('personal', key), ORGANIZATION_KEY)
    },
  },
  {
    says: 'A project-scoped key may read its project.',
    source: GUIDE,
    async check(it) {
      const { key } = await it.shared('project')
      return accepted(await it.ask('GET', `/projects/${it.target.projectId}`, { apiKey: key }))
    },
  },
  {
    says: `A project-scoped key may neither list nor create nor revoke keys: "…${PROJECT_SCOPED}…".`,
    source: `${GUIDE}; the message: ${SEEN}`,
    async check(it) {
      const { id, key } = await it.shared('project')
      const create = await it.create('project', { apiKey: key })
      const replies = [await it.list('organization', key), create, await it.revoke('organization', id, key)]
      return replies.map((reply) => inWords(reply, PROJECT_SCOPED)).join(', ')
    },
  },
  {
    says: `A project-scoped key is refused access to anything outside its project: "…${PROJECT_SCOPED}…".`,
    source: SEEN,
    async check(it) {
      const { key } = await it.shared('project')
      return inWords(await it.ask('GET', '/projects/no-such-project', { apiKey: key }), PROJECT_SCOPED)
    },
  },
  {
    says: 'An invalid key is rejected with 401.',
    source: "Neon's rules for AI agents, neon-rest-api (2025-09-10)",
    check: async (it) => refused(await it.ask('GET', '/api_keys', { apiKey: 'napi_no_such_key' }), 401),
  },
  {
    says: 'A project that does not exist is refused with 403 or 404, and a `message` in JSON.',
    source: `${OPENAPI}: GeneralError; the status: no document`,
    check: async (it) => inWords(await it.ask('GET', '/projects/no-such-project'), '', [403, 404]),
  },
  {
    says: 'An organization that does not exist is refused with 403 or 404, and a `message` in JSON.',
    source: `${OPENAPI}: GeneralError; the status: Neon's CLI (\`neon\` 6.2.3)`,
    check: async (it) => inWords(await it.ask('GET', '/organizations/no-such-org/api_keys'), '', [403, 404]),
  },
  {
    says: 'The `X-Request-ID` of a request comes back in a refusal.',
    source: OPENAPI,
    async check(it) {
      const { json, headers, requestId } = await it.revoke('personal', '1')
      const places = [json?.request_id === requestId && 'body', headers['x-request-id'] === requestId && 'header']
      const seen = places.filter(Boolean).join(' and ')
      return expect(seen !== '', `in the ${seen}`, 'nowhere')
    },
  },
  {
    says: 'The answer to a request that accepts no compression is not compressed.',
    source: 'RFC 9110, 12.5.3',
    async check(it) {
      const encoding = (await it.list('personal')).headers['content-encoding']
      return expect(encoding === undefined || encoding === 'identity', '', String(encoding))
    },
  },
  {
    says: 'An answer has a `Date` header.',
    source: 'RFC 9110, 6.6.1',
    async check(it) {
      const { headers } = await it.ask('GET', '/auth')
      return expect(!Number.isNaN(Date.parse(String(headers.date))))
    },
  },
  {
    says: 'Past its rate limit Neon answers 429.',
    source: `${RATES}; its content: no document`,
    async check(it) {
      const { limited } = it.target
      if (!limited) throw new NotChecked('cannot be provoked without a flood of requests')
      const replies = await Promise.all(Array.from({ length: 60 }, () => it.ask('GET', '/auth', limited)))
      const past = replies.find(({ status }) => status !== 200)
      if (past?.status !== 429) throw new Contradiction(`${past?.status ?? 'none refused'}`)
      const message = typeof past.json?.message === 'string' ? 'a `message`' : 'no `message`'
      return `429 with ${message}, ${past.headers['retry-after'] === undefined ? 'no' : 'a'} \`Retry-After\``
    },
  },
]

function expect(holds: boolean, seen = '', otherwise = seen): string {
  if (holds) return seen
  throw new Contradiction(otherwise)
}

/** Throws for statuses that say nothing about the statement. */
function disturbed({ status }: Reply): void {
  if (status === 423 || status === 429 || status >= 500) throw new NotChecked(`answered with ${status}`)
}

function accepted(reply: Reply): string {
  disturbed(reply)
  return expect(reply.status >= 200 && reply.status < 300, String(reply.status))
}

function refused(reply: Reply, ...statuses: number[]): string {
  disturbed(reply)
  const { status } = reply
  return expect(statuses.length > 0 ? statuses.includes(status) : status >= 400, String(status))
}

/** Refused, with a message from Neon that contains these words. */
function inWords(reply: Reply, words: string, statuses: number[] = []): string {
  const status = refused(reply, ...statuses)
  const message = reply.json?.message
  return expect(typeof message === 'string' && message.includes(words), status, `${status} in other words`)
}

function believed<T>(reply: Reply, decode: (body: string) => T): T {
  accepted(reply)
  try {
    return decode(reply.body)
  } catch (error) {
    throw error instanceof InvalidBody ? new Contradiction(error.message) : error
  }
}

/** Whether the action can read the answer, and which fields it has. */
function fields(reply: Reply, decode: (body: string) => unknown): string {
  believed(reply, decode)
  const items: object[] = Array.isArray(reply.json) ? reply.json : [reply.json]
  const names = new Set(items.flatMap((item) => Object.keys(item)))
  return [...names]
    .sort()
    .map((name) => `\`${name}\``)
    .join(', ')
}

function authMethod(reply: Reply, method: string): string {
  const seen = believed(reply, decodeAuthMethod)
  return expect(seen === method, `\`${seen}\``)
}
