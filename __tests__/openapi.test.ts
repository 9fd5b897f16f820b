// Everything in Neon's OpenAPI document that the action relies on, kept as a snapshot. When a new version of the package
// `@neondatabase/api-client` changes any of it, this test fails and shows the difference; look at it, mend the action
// where need be, and accept it with `npm test -- openapi --updateSnapshot`.

import type { Document } from 'openapi-backend'
import { loadDocument } from '../simulator/neon/openapi.ts'

const RELIED_ON = {
  '/api_keys': ['get', 'post'],
  '/api_keys/{key_id}': ['delete'],
  '/organizations/{org_id}/api_keys': ['get', 'post'],
  '/organizations/{org_id}/api_keys/{key_id}': ['delete'],
  '/auth': ['get'],
  '/projects/{project_id}': ['get'],
}

/** The properties that the action reads or writes; an answer may gain others without any harm. */
const PROPERTIES = new Set(
  'key_name project_id key id name created_at last_used_at last_used_from_addr revoked auth_method org_id project message request_id code'.split(
    ' ',
  ),
)

/** A part of the document with its references resolved, without prose and without properties that the action ignores. */
function essence(part: unknown, document: Document): unknown {
  if (Array.isArray(part)) return part.map((item) => essence(item, document))
  if (part === null || typeof part !== 'object') return part
  const { $ref, ...rest } = part as Record<string, unknown>
  if (typeof $ref === 'string') {
    const steps = $ref.slice(2).split('/')
    return essence(
      steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document),
      document,
    )
  }
  const entries = Object.entries(rest)
    .filter(
      ([name]) => !['description', 'summary', 'example', 'examples', 'tags'].includes(name) && !name.startsWith('x-'),
    )
    .map(([name, value]): [string, unknown] => {
      if (name === 'properties') {
        const kept = Object.entries(value as object).filter(([property]) => PROPERTIES.has(property))
        return [name, essence(Object.fromEntries(kept), document)]
      }
      if (name === 'required' && Array.isArray(value))
        return [name, value.filter((property) => PROPERTIES.has(property))]
      return [name, essence(value, document)]
    })
  return Object.fromEntries(entries)
}

test.each(Object.entries(RELIED_ON))("what the action relies on in Neon's OpenAPI document: %s", (path, methods) => {
  const document = loadDocument()
  const item = document.paths?.[path] as Record<string, unknown>
  expect(essence(item.parameters, document)).toMatchSnapshot('parameters')
  for (const method of methods) expect(essence(item[method], document)).toMatchSnapshot(method)
})
