// Decides whether a created key is the requested one, by the table in docs/behavior.md, *Answers*. If the answer does not
// decide it, one list does.

import type { AnsweredKey, ListedKey } from './answers.ts'

/** The key that a create requests. */
export interface RequestedKey {
  name: string
  /** `undefined`: a key that is not limited to a project. */
  projectId: string | undefined
}

export type Settlement =
  /** The key is ours, under this name. */
  | { kind: 'accepted'; name: string }
  /** The key is ours, but is for another project, or for more than one. */
  | { kind: 'wrong scope'; why: string }
  /** The answer is about somebody else's key, or about one that is not listed. */
  | { kind: 'not ours' }

/** Whether the answer has a name other than the requested one: then it may be about somebody else's key. */
export function hasOtherName(requested: RequestedKey, answered: AnsweredKey): boolean {
  return answered.name !== undefined && answered.name !== requested.name
}

/** Whether the list is needed to find out which key was created, or its scope. */
export function needsList(requested: RequestedKey, answered: AnsweredKey): boolean {
  return hasOtherName(requested, answered) || (requested.projectId !== undefined && answered.projectId === undefined)
}

/**
 * Compares an answer with the requested key.
 *
 * @param listed all keys of the scope, if the answer {@link needsList}
 */
export function settle(requested: RequestedKey, answered: AnsweredKey, listed: readonly ListedKey[]): Settlement {
  if (!needsList(requested, answered)) {
    return answered.projectId === requested.projectId
      ? { kind: 'accepted', name: requested.name }
      : wrongScope(requested, answered)
  }
  const entry = listed.find(({ id }) => id === answered.id)
  const taken = listed.some(({ id, name }) => name === requested.name && id !== answered.id)
  if (!entry || taken) return { kind: 'not ours' }
  const projectId = answered.projectId ?? entry.projectId
  return projectId === requested.projectId
    ? { kind: 'accepted', name: entry.name }
    : wrongScope(requested, { projectId })
}

function wrongScope(requested: RequestedKey, found: { projectId: string | undefined }): Settlement {
  const describe = ({ projectId }: { projectId: string | undefined }): string =>
    projectId === undefined ? 'a key that is limited to no project' : `a key for the project ${projectId}`
  return { kind: 'wrong scope', why: `The request was for ${describe(requested)}, but Neon created ${describe(found)}` }
}

/** A create that may have been applied. */
export interface DoubtfulKey {
  /** The requested name. */
  name: string
  /** The ID in an answer with another name; it is ours only if no other key has the requested name. */
  answeredId?: string
}

/** The result of searching a list for creates that may have been applied. */
export interface FoundKeys {
  /** The keys that they created. */
  keys: ListedKey[]
  /**
   * The creates for the next search, without the IDs of somebody else's keys: once our key is revoked, the answered ID
   * would be mistaken for ours.
   */
  doubtful: DoubtfulKey[]
}

/** Finds the keys of creates that may have been applied. */
export function findDoubtful(listed: readonly ListedKey[], doubtful: readonly DoubtfulKey[]): FoundKeys {
  const looks = doubtful.map((create) => {
    const named = listed.filter(({ name }) => name === create.name)
    if (named.length > 0) return { keys: named, doubtful: { name: create.name } }
    return { keys: listed.filter(({ id }) => id === create.answeredId), doubtful: create }
  })
  return { keys: looks.flatMap(({ keys }) => keys), doubtful: looks.map((look) => look.doubtful) }
}
