// Whether a created key is the one that was asked for: the table in docs/behavior.md, *Answers*. What an answer leaves
// open is settled by one list, never guessed.

import type { AnsweredKey, ListedKey } from './answers.ts'

/** What a create asked for. */
export interface AskedKey {
  name: string
  /** `undefined`: a key that is not limited to a project. */
  projectId: string | undefined
}

export type Settlement =
  /** The key is ours, under this name. */
  | { kind: 'believed'; name: string }
  /** The key is ours, and reaches another project or more than one. */
  | { kind: 'wrong reach'; why: string }
  /** The answer is about somebody else's key, or about one that is not listed. */
  | { kind: 'not ours' }

/** Whether the answer gives another name than the one asked for: then it may be about somebody else's key. */
export function hasOtherName(asked: AskedKey, answered: AnsweredKey): boolean {
  return answered.name !== undefined && answered.name !== asked.name
}

/** Whether only the list can tell which key was created, or how far it reaches. */
export function needsList(asked: AskedKey, answered: AnsweredKey): boolean {
  return hasOtherName(asked, answered) || (asked.projectId !== undefined && answered.projectId === undefined)
}

/**
 * Compares an answer with what was asked for.
 *
 * @param listed all keys of the scope, where the answer {@link needsList}
 */
export function settle(asked: AskedKey, answered: AnsweredKey, listed: readonly ListedKey[]): Settlement {
  if (!needsList(asked, answered)) {
    return answered.projectId === asked.projectId ? { kind: 'believed', name: asked.name } : wrongReach(asked, answered)
  }
  const entry = listed.find(({ id }) => id === answered.id)
  const taken = listed.some(({ id, name }) => name === asked.name && id !== answered.id)
  if (!entry || taken) return { kind: 'not ours' }
  const projectId = answered.projectId ?? entry.projectId
  return projectId === asked.projectId ? { kind: 'believed', name: entry.name } : wrongReach(asked, { projectId })
}

function wrongReach(asked: AskedKey, found: { projectId: string | undefined }): Settlement {
  const reach = ({ projectId }: { projectId: string | undefined }): string =>
    projectId === undefined ? 'a key that is limited to no project' : `a key for the project ${projectId}`
  return { kind: 'wrong reach', why: `The request was for ${reach(asked)}, but Neon created ${reach(found)}` }
}

/** A create that may have happened. */
export interface DoubtfulKey {
  /** The name that was asked for. */
  name: string
  /** The ID in an answer that gave another name; ours only if no other key has the name that was asked for. */
  answeredId?: string
}

/** What a list says about creates that may have happened. */
export interface FoundKeys {
  /** The keys that they made. */
  keys: ListedKey[]
  /**
   * The creates without those IDs that the list shows to be somebody else's, for the next look: by then our key is
   * revoked, and the answered ID alone would be taken for ours.
   */
  doubtful: DoubtfulKey[]
}

/** Finds the keys of creates that may have happened. */
export function findDoubtful(listed: readonly ListedKey[], doubtful: readonly DoubtfulKey[]): FoundKeys {
  const looks = doubtful.map((create) => {
    const named = listed.filter(({ name }) => name === create.name)
    if (named.length > 0) return { keys: named, doubtful: { name: create.name } }
    return { keys: listed.filter(({ id }) => id === create.answeredId), doubtful: create }
  })
  return { keys: looks.flatMap(({ keys }) => keys), doubtful: looks.map((look) => look.doubtful) }
}
