import type { OperationId } from './openapi.ts'

// biome-ignore lint/suspicious/noExplicitAny: an answer of any operation.
type Body = any
export type Edition = 'openapi' | 'guide' | 'guide of 2024' | 'reference' | 'least'
type Edits = Partial<Record<OperationId | 'refusal', (body: Body) => unknown>>

const USER = 'user_01h84bfr2npa81rn8h8jzz8mx4'
const ADDRESSES = '2405:201:c01f:7013:d962:2b4f:2740:9750,34.211.200.85'

const items = (edit: (item: Body) => unknown) => (list: Body[]) => list.map(edit)
const anonymous = ({ project_id, ...answer }: Body) => ({ ...answer, name: 'service-key-49' })

/** The page manage/api-keys: personal answers are short, and those of organizations name the user in another form. */
const guide: Edits = {
  createApiKey: ({ id, key }) => ({ id, key }),
  listApiKeys: items(({ created_by, ...item }) => item),
  revokeApiKey: ({ created_at, created_by, ...answer }) => answer,
  createOrgApiKey: (answer) => ({ ...answer, created_by: USER }),
  listOrgApiKeys: items((item) => ({ ...item, last_used_from_addr: ADDRESSES })),
  revokeOrgApiKey: (answer) => ({ ...answer, created_by: USER, last_used_from_addr: ADDRESSES }),
}

/**
 * Neon's documents disagree about the fields of an answer. Each edition converts a full answer, as in the OpenAPI
 * document, to the one that another document shows. The answers to a create and to a list stay consistent.
 */
export const EDITIONS: Record<Edition, Edits> = {
  openapi: {},
  guide,
  /** The same page on 2024-12-04: a list that shows keys. */
  'guide of 2024': {
    ...guide,
    listOrgApiKeys: items((item) => ({ ...item, key: 'neon_org_key_abcdef1234567890abcdef1234567890' })),
  },
  /** neon.com/docs/reference/api: a name that differs from the request's, and no project; the list has both. */
  reference: {
    createApiKey: anonymous,
    revokeApiKey: anonymous,
    createOrgApiKey: anonymous,
    revokeOrgApiKey: anonymous,
    listOrgApiKeys: items((item) => ({ ...item, project_id: item.project_id ?? null })),
  },
  /** From no document: the minimum that the action needs. */
  least: {
    createApiKey: ({ id, key }) => ({ id, key }),
    listApiKeys: items(({ id, name }) => ({ id, name })),
    revokeApiKey: ({ id, revoked }) => ({ id, revoked }),
    createOrgApiKey: ({ id, key }) => ({ id, key }),
    listOrgApiKeys: items(({ id, name, project_id }) => ({ id, name, project_id })),
    revokeOrgApiKey: ({ id, revoked }) => ({ id, revoked }),
    getAuthDetails: ({ auth_method }) => ({ auth_method }),
    getProject: ({ project: { id, org_id } }) => ({ project: { id, org_id } }),
    refusal: ({ message }) => ({ message }),
  },
}
