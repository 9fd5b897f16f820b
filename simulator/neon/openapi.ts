import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Document } from 'openapi-backend'
import { parse } from 'yaml'
import { ROOT } from '../fixtures.ts'

/** Neon's own OpenAPI document, as the npm package `@neondatabase/api-client` ships it. */
const DOCUMENT = createRequire(import.meta.url).resolve('@neondatabase/api-client/public-v2-for-users.gen.yaml')

/** Operations that the examples' tools call: they create branches and connect to their databases. */
const BRANCH_OPERATIONS = [
  'listProjectBranches',
  'createProjectBranch',
  'getProjectBranch',
  'deleteProjectBranch',
  'listProjectBranchEndpoints',
  'listProjectBranchDatabases',
  'getProjectBranchDatabase',
  'listProjectBranchRoles',
  'getProjectBranchRole',
  'getProjectBranchRolePassword',
] as const
export type BranchOperationId = (typeof BRANCH_OPERATIONS)[number]

/** The operations that the simulator answers; it answers 404 to every other path of Neon's API. */
export const OPERATIONS = [
  'listApiKeys',
  'createApiKey',
  'revokeApiKey',
  'listOrgApiKeys',
  'createOrgApiKey',
  'revokeOrgApiKey',
  'getAuthDetails',
  'getCurrentUserInfo',
  'getCurrentUserOrganizations',
  'listProjects',
  'listSharedProjects',
  'getProject',
  ...BRANCH_OPERATIONS,
] as const
export type OperationId = (typeof OPERATIONS)[number]

const METHODS = ['get', 'put', 'post', 'delete', 'patch']

/** Where {@link loadDocument} keeps its result: to parse Neon's document takes half a second. */
const CACHE = join(ROOT, 'node_modules', '.cache', 'neon-openapi.json')

/** Neon's document reduced to the simulator's operations: compiling the validators of all takes a minute. */
export function loadDocument(): Document {
  const made = `${DOCUMENT} ${statSync(DOCUMENT).mtimeMs} ${OPERATIONS}`
  const cached = existsSync(CACHE) ? JSON.parse(readFileSync(CACHE, 'utf8')) : {}
  if (cached.made === made) return cached.document
  const document = reduceDocument()
  mkdirSync(dirname(CACHE), { recursive: true })
  // Another process may write it at the same time.
  writeFileSync(`${CACHE}.${process.pid}`, JSON.stringify({ made, document }))
  renameSync(`${CACHE}.${process.pid}`, CACHE)
  return document
}

function reduceDocument(): Document {
  const document = parse(readFileSync(DOCUMENT, 'utf8'), { merge: true }) as Document
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    const operations = item as Record<string, { operationId?: string }>
    for (const method of METHODS) {
      const known = (OPERATIONS as readonly string[]).includes(operations[method]?.operationId ?? '')
      if (!known) delete operations[method]
    }
    if (!METHODS.some((method) => method in operations)) delete document.paths?.[path]
  }
  return document
}
