import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { beyond, notFound, Refusal } from './answers.ts'

/** A person with a Neon account. */
export interface User {
  id: string
  name: string
  email: string
}

export interface Organization {
  id: string
  name: string
  /** User ID to role. */
  members: Map<string, 'admin' | 'member'>
}

export interface Project {
  id: string
  name: string
  /** Absent for a project of a personal account. */
  orgId?: string
  ownerId: string
}

/** Who owns a key, and what it gives access to. */
export type Owner = { user: User } | { organization: Organization; projectId?: string }

export interface Key {
  /** int64, as decimal digits. */
  id: string
  name: string
  /** Only the token's hash is stored. */
  tokenHash: string
  owner: Owner
  createdAt: string
  createdBy: User
  lastUsedAt: string | null
  lastUsedFrom: string
  revokedAt: string | undefined
}

const hash = (token: string): string => createHash('sha256').update(token).digest('hex')

/** The state of the simulated Neon. */
export class Accounts {
  readonly organizations = new Map<string, Organization>()
  readonly projects = new Map<string, Project>()
  /** All keys, including revoked ones, by ID. */
  readonly keys = new Map<string, Key>()
  /** Whether two keys may have the same name. */
  sameNames = false
  /** Called for each key that is created. */
  onCreate: (key: Key) => void = () => {}
  readonly #now: () => number
  readonly #byHash = new Map<string, Key>()
  #nextId: bigint

  constructor(now: () => number, firstKeyId: bigint) {
    this.#now = now
    this.#nextId = firstKeyId
  }

  addUser(name: string): User {
    return { id: randomUUID(), name, email: `${name.toLowerCase()}@example.com` }
  }

  addOrganization(id: string, members: [User, 'admin' | 'member'][]): Organization {
    const organization = { id, name: id, members: new Map(members.map(([user, role]) => [user.id, role])) }
    this.organizations.set(id, organization)
    return organization
  }

  addProject(id: string, owner: Organization | User): Project {
    const project = { id, name: id, ownerId: owner.id, ...('members' in owner && { orgId: owner.id }) }
    this.projects.set(id, project)
    return project
  }

  /**
   * @returns the key and its token, which is shown only once
   * @throws {Refusal} names are unique within an account
   */
  createKey(owner: Owner, name: string, createdBy: User): { key: Key; token: string } {
    if (!this.sameNames && this.keysOf(owner).some((key) => key.name === name)) {
      throw new Refusal(400, 'choose another unique name for api key')
    }
    return this.adopt(owner, name, createdBy)
  }

  /** The same without checking whether the name is taken, which is slow with thousands of keys. */
  adopt(owner: Owner, name: string, createdBy: User): { key: Key; token: string } {
    const token = `napi_${randomBytes(32).toString('hex')}`
    const id = String(this.#nextId)
    // Irregular steps, since others create keys in between. Even ones, so that after an odd start past 2^53 no ID fits
    // a JavaScript number.
    this.#nextId += 2n + 2n * (this.#nextId % 89n)
    const key: Key = {
      id,
      name,
      tokenHash: hash(token),
      owner,
      createdAt: this.#timestamp(),
      createdBy,
      lastUsedAt: null,
      lastUsedFrom: '',
      revokedAt: undefined,
    }
    this.keys.set(key.id, key)
    this.#byHash.set(key.tokenHash, key)
    this.onCreate(key)
    return { key, token }
  }

  revoke(key: Key): void {
    key.revokedAt = this.#timestamp()
  }

  /** The live keys of an account, oldest first. */
  keysOf(owner: Owner): Key[] {
    const account = accountOf(owner)
    return [...this.keys.values()].filter((key) => accountOf(key.owner) === account && key.revokedAt === undefined)
  }

  liveKeys(): Key[] {
    return [...this.keys.values()].filter((key) => key.revokedAt === undefined)
  }

  /** The live key of a token; updates its `last_used_at`. */
  authenticate(token: string, address: string): Key | undefined {
    const key = this.#byHash.get(hash(token))
    if (!key || key.revokedAt !== undefined) return undefined
    key.lastUsedAt = this.#timestamp()
    key.lastUsedFrom = address
    return key
  }

  /** Whether a key has access to a project. */
  reaches({ owner }: Key, project: Project): boolean {
    if ('user' in owner) {
      if (project.orgId === undefined) return project.ownerId === owner.user.id
      return this.organizations.get(project.orgId)?.members.has(owner.user.id) ?? false
    }
    return project.orgId === owner.organization.id && (owner.projectId ?? project.id) === project.id
  }

  /** @throws {Refusal} if there is no such project, or the key has no access to it */
  reachable(key: Key, id: string): Project {
    const project = this.projects.get(id)
    if (project && this.reaches(key, project)) return project
    throw 'organization' in key.owner && key.owner.projectId !== undefined ? beyond(key.owner) : notFound('project')
  }

  #timestamp(): string {
    return new Date(this.#now()).toISOString()
  }
}

/** The account within which names are unique and rate limits apply. */
export function accountOf(owner: Owner): string {
  return 'user' in owner ? owner.user.id : owner.organization.id
}
