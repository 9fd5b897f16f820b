import { NeonRefused } from '../base/errors.ts'
import {
  type AnsweredKey,
  decodeCreatedKey,
  decodeKeys,
  decodeRevokedKey,
  InvalidBody,
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

/** A key that was found in the list and revoked. */
export interface RevokedListedKey extends RevokedKey {
  id: string
  name: string
}

/** The API keys of one scope. All methods except {@link create} repeat their requests until Neon has answered. */
export class Keys {
  readonly scope: Scope
  readonly #requests: Requests

  /** The project that these keys are limited to. */
  get projectId(): string | undefined {
    return this.scope.kind === 'project' ? this.scope.projectId : undefined
  }

  constructor(scope: Scope, requests: Requests) {
    this.scope = scope
    this.#requests = requests
  }

  /** Sends one create. The caller decides whether to repeat it: a create that may have been applied must be undone first. */
  create(name: string): Promise<Outcome<AnsweredKey>> {
    return this.#requests.attempt({
      action: 'create the API key',
      method: 'POST',
      path: keysPath(this.scope),
      body: { key_name: name, ...(this.projectId !== undefined && { project_id: this.projectId }) },
      timeout: CREATE_TIMEOUT,
      decode: (body) => {
        const answered = decodeCreatedKey(body, this.#requests.mask)
        if (this.#requests.isOwnKey(answered.key)) throw new InvalidBody('the API key that was sent')
        return answered
      },
    })
  }

  /** Every key of the personal account or the organization; Neon's list has no pages. */
  list(): Promise<ListedKey[]> {
    return this.#requests.retry({
      action: 'list the API keys',
      method: 'GET',
      path: keysPath(this.scope),
      timeout: LIST_TIMEOUT,
      decode: (body) => decodeKeys(body, this.#requests.mask),
    })
  }

  /** Revokes a key. Neon's 404 is thrown as {@link NeonRefused}; the caller interprets it. */
  revoke(id: string): Promise<RevokedKey> {
    return this.#requests.retry({
      action: `revoke the API key ${id}`,
      method: 'DELETE',
      path: `${keysPath(this.scope)}/${encodeURIComponent(id)}`,
      timeout: REVOKE_TIMEOUT,
      decode: (body) => decodeRevokedKey(body, id),
    })
  }

  /**
   * Revokes a key by its ID. If Neon answers 404, the list decides whether the key is revoked.
   *
   * A 404 alone could also mean a wrong organization or account. The list is also searched for the name: if the answer with
   * the ID was wrong, the key is listed under another ID.
   *
   * @param isMeant which other listed keys to revoke after a 404
   * @returns `undefined` if the key was already revoked
   * @throws {NeonRefused | NeonUnreachable | GaveUp} if the key may still be alive
   */
  async revokeAndConfirm(
    { id, name }: { id: string; name: string },
    isMeant: (key: ListedKey) => boolean = (key) => key.name === name,
  ): Promise<RevokedKey | undefined> {
    try {
      return await this.revoke(id)
    } catch (error) {
      if (!(error instanceof NeonRefused) || error.status !== 404) throw error
      const listed = await this.list()
      if (listed.some((key) => key.id === id)) throw error
      let revoked: RevokedKey | undefined
      // Post's other search may have revoked it by now.
      for (const other of listed.filter(isMeant)) revoked = await this.revokeAndConfirm(other)
      return revoked
    }
  }

  /**
   * Lists the keys and revokes some of them; one that cannot be revoked does not stop the rest.
   *
   * @param choose which of all listed keys
   * @throws {NeonRefused | NeonUnreachable | InvalidAnswer | GaveUp} if one of them may still be alive
   */
  async revokeListed(choose: (listed: readonly ListedKey[]) => readonly ListedKey[]): Promise<RevokedListedKey[]> {
    const revoked: RevokedListedKey[] = []
    const failures: unknown[] = []
    for (const { id, name } of choose(await this.list())) {
      try {
        const key = await this.revokeAndConfirm({ id, name })
        revoked.push({ id, name, lastUsedAt: key?.lastUsedAt, lastUsedFrom: key?.lastUsedFrom })
      } catch (failure) {
        failures.push(failure)
      }
    }
    if (failures.length > 0) throw failures[0]
    return revoked
  }
}
