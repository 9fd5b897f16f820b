import type { Context } from 'openapi-backend'
import type { Key } from './accounts.ts'

/** What an operation answers. */
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

/** Does what an operation asks for, for the key that came with the request. */
export type Handler = (context: Context, key: Key) => Answer

/** Neon's own example of an operation's answer, from its OpenAPI document. */
// biome-ignore lint/suspicious/noExplicitAny: the document says what it holds, and answers are validated by it.
export type Example = (operation: string) => any

/** A 404 that tells what is missing. */
export const notFound = (what: string): Refusal => new Refusal(404, `${what} not found`)

/** What an organization's key hears that asks for more than it may, or than its one project; both were seen live. */
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
