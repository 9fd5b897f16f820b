import type { Context } from 'openapi-backend'
import type { Key } from './accounts.ts'

/** The answer of an operation. */
export interface Answer {
  status: number
  body: unknown
}

/** Neon's refusals, as its `GeneralError`. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Performs an operation with the key of the request. */
export type Handler = (context: Context, key: Key) => Answer

/** Neon's own example of an operation's answer, from its OpenAPI document. */
// biome-ignore lint/suspicious/noExplicitAny: the document defines its type, and answers are validated against it.
export type Example = (operation: string) => any

/** A 404 that says what is missing. */
export const notFound = (what: string): Refusal => new Refusal(404, `${what} not found`)

/** The refusal of an organization's or project-scoped key that lacks permission; both messages were seen live. */
export const beyond = ({ projectId }: { projectId?: string }): Refusal =>
  new Refusal(
    404,
    projectId === undefined
      ? 'not allowed for organization API keys'
      : `not allowed to perform actions outside the project this key is scoped to; subject_project_id:"${projectId}"`,
  )

/** A parameter of the path. */
export const parameter = ({ request }: Context, name: string): string =>
  String((request.params as Record<string, string>)[name])

/** The usual success. */
export const ok = (body: unknown): Answer => ({ status: 200, body })
