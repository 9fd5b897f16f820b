import { NeonRefused } from '../base/errors.ts'
import {
  type CreatedKey,
  decodeCreatedKey,
  decodeKeys,
  decodeRevokedKey,
  type ListedKey,
  type RevokedKey,
} from './answers.ts'
import type { Outcome } from './outcome.ts'
import type { Requests } from './requests.ts'
import { keysPath, type Scope } from './scope.ts'

/** Milliseconds for one attempt. */
const CREATE_TIMEOUT = 30_000
const REVOKE_TIMEOUT = 12_000
const LIST_TIMEOUT = 12_000

/** A key that was found by its name and revoked. */
export interface RevokedByName extends RevokedKey {
  id: string
  name: string
}

/** The API keys of one scope. All calls but {@link create} repeat themselves until Neon has answered. */
export class Keys {
  readonly scope: Scope
  readonly #requests: Requests

  constructor(scope: Scope, requests: Requests) {
    this.scope = scope
    this.#requests = requests
  }

  /** Asks once for a key. The caller decides about repeating: a create that may have happened must be undone first. */
  create(name: string): Promise<Outcome<CreatedKey>> {
    const projectId = this.scope.kind === 'project' ? this.scope.projectId : undefined
    return this.#requests.attempt({
      action: 'create the API key',
      method: 'POST',
      path: keysPath(this.scope),
      body: { key_name: name, ...(projectId !== undefined && { project_id: projectId }) },
      timeout: CREATE_TIMEOUT,
      decode: (body) => decodeCreatedKey(body, { name, projectId }, this.#requests.mask),
    })
  }

  /** Every key of the personal account or the organization; Neon's list has no pages. */
  list(): Promise<ListedKey[]> {
    return this.#requests.persist({
      action: 'list the API keys',
      method: 'GET',
      path: keysPath(this.scope),
      timeout: LIST_TIMEOUT,
      decode: decodeKeys,
    })
  }

  /** Revokes a key. Neon's 404 is thrown as {@link NeonRefused}; the caller knows what it means. */
  revoke(id: string): Promise<RevokedKey> {
    return this.#requests.persist({
      action: `revoke the API key ${id}`,
      method: 'DELETE',
      path: `${keysPath(this.scope)}/${encodeURIComponent(id)}`,
      timeout: REVOKE_TIMEOUT,
      decode: (body) => decodeRevokedKey(body, id),
    })
  }

  /**
   * Revokes a key by its ID, and settles Neon's 404 by the list.
   *
   * The 404 alone could also mean a wrong organization or a wrong account. The name is looked for as well: should the
   * answer that brought the ID have been wrong about it, the key is listed under another one.
   *
   * @returns `undefined` when the key was gone already
   * @throws {NeonRefused | NeonUnreachable | GaveUp} when the key may still be alive
   */
  async revokeForCertain({ id, name }: { id: string; name: string }): Promise<RevokedKey | undefined> {
    try {
      return await this.revoke(id)
    } catch (error) {
      if (!(error instanceof NeonRefused) || error.status !== 404) throw error
      const listed = await this.list()
      if (listed.some((key) => key.id === id)) throw error
      const other = listed.find((key) => key.name === name)
      return other && (await this.revoke(other.id))
    }
  }

  /**
   * Lists the keys and revokes those with exactly these names: keys that a lost answer may have left behind.
   *
   * @throws {NeonRefused | NeonUnreachable | GaveUp} when one of them may still be alive
   */
  async revokeNamed(names: readonly string[]): Promise<RevokedByName[]> {
    const revoked: RevokedByName[] = []
    for (const { id, name } of await this.list()) {
      if (!names.includes(name)) continue
      const key = await this.revokeForCertain({ id, name })
      revoked.push({ id, name, lastUsedAt: key?.lastUsedAt, lastUsedFrom: key?.lastUsedFrom })
    }
    return revoked
  }
}
