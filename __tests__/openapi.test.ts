// A snapshot of the parts of Neon's contract that the action uses, and of operations that could make parts of the
// action unnecessary: on API keys, tokens and credentials. The contract has two sources: the OpenAPI document of
// `@neondatabase/api-client`, which the simulator follows, and the types of `@neon/sdk`, which are newer. If a new
// version of either changes any of this, the test fails and shows the difference. Change the action if necessary, then
// accept the difference with `npm test -- openapi --updateSnapshot`.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parse } from 'yaml'

const DOCUMENT = '@neondatabase/api-client/public-v2-for-users.gen.yaml'

/** The operations that the action uses; all their fields are watched. */
const USED = new Set(
  'listApiKeys createApiKey revokeApiKey listOrgApiKeys createOrgApiKey revokeOrgApiKey getAuthDetails getProject'.split(
    ' ',
  ),
)

/** Paths on which every operation is watched. */
const WATCHED = /^\/auth(\/|$)|\/api_keys(\/|$)|token|credential|oidc/i

// biome-ignore lint/suspicious/noExplicitAny: a part of an OpenAPI document.
type Part = any

const document = (): Part =>
  parse(readFileSync(createRequire(import.meta.url).resolve(DOCUMENT), 'utf8'), { merge: true })

/** One line for each watched operation of an OpenAPI document, and for each parameter and field of a used one. */
function contractOfDocument(document: Part): string[] {
  const follow = (part: Part): Part =>
    part?.$ref === undefined
      ? part
      : follow(
          part.$ref
            .slice(2)
            .split('/')
            .reduce((at: Part, step: string) => at[step], document),
        )
  const partsOf = (schema: Part): Part[] => [follow(schema), ...(follow(schema)?.allOf ?? []).flatMap(partsOf)]
  const lines = (prefix: string, part: Part, depth = 2): string[] => {
    const schema = follow(part)
    if (schema?.type === 'array') return lines(`${prefix}[]`, schema.items, depth)
    const required = partsOf(schema).flatMap((each) => each?.required ?? [])
    const fields = partsOf(schema).flatMap((each) => Object.entries(each?.properties ?? {}))
    if (fields.length === 0 || depth === 0) return [`${prefix}: ${describe(schema)}`]
    return fields.flatMap(([name, field]) =>
      lines(`${prefix}.${name}${required.includes(name) ? '' : '?'}`, field, depth - 1),
    )
  }
  const body = (part: Part): Part => follow(part)?.content?.['application/json']?.schema

  return Object.entries<Part>(document.paths).flatMap(([path, item]) =>
    ['get', 'post', 'put', 'patch', 'delete'].flatMap((method) => {
      const operation = item[method]
      const used = USED.has(operation?.operationId)
      if (operation === undefined || !(used || WATCHED.test(path))) return []
      const head = `${method.toUpperCase()} ${path}`
      if (!used) return [head]
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(follow)
      return [
        head,
        ...parameters.map(
          (each) => `${head} ${each.in} ${each.name}${each.required ? '' : '?'}: ${describe(each.schema)}`,
        ),
        ...(operation.requestBody === undefined ? [] : lines(`${head} request`, body(operation.requestBody))),
        ...Object.entries<Part>(operation.responses).flatMap(([status, answer]) =>
          lines(`${head} ${status}`, body(answer)),
        ),
      ]
    }),
  )
}

/** The type of a schema, without descriptions. */
function describe(schema: Part): string {
  const { description, example, properties, required, allOf, ...rest } = schema ?? {}
  return JSON.stringify(rest, (name, value) => (name.startsWith('x-') ? undefined : value))
}

const sdkTypes = (): string =>
  readFileSync(join(import.meta.dirname, '..', 'node_modules/@neon/sdk/dist/client/types.gen.d.ts'), 'utf8')

/** The same for Neon's SDK, which declares types for the input, the answers and the errors of each operation. */
function contractOfSdk(source: string): string[] {
  const declarations = new Map(
    source
      .replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '')
      .split(/^export type /m)
      .map((text): [string, string[]] => {
        const [name = '', ...rest] = text.split(/ = |\n/)
        return [name, rest.map((line) => line.trim()).filter((line) => !/^[{}]?;?$/.test(line))]
      }),
  )
  const shown = new Set<string>()
  const show = (name: string, depth: number): string[] => {
    const lines = declarations.get(name)
    if (lines === undefined || shown.has(name)) return []
    shown.add(name)
    const named = depth === 0 ? [] : lines.flatMap((line) => line.match(/\b[A-Z]\w+/g) ?? [])
    return [...lines.map((line) => `${name} ${line}`), ...named.flatMap((one) => show(one, depth - 1))]
  }
  return [...declarations].flatMap(([name, lines]) => {
    const [, path] = /^url: '(.+)'/.exec(lines.find((line) => line.startsWith('url: ')) ?? '') ?? []
    const operation = name.replace(/Data$/, '')
    if (path === undefined) return []
    if (USED.has(operation.charAt(0).toLowerCase() + operation.slice(1))) {
      return ['Data', 'Responses', 'Errors'].flatMap((part) => show(`${operation}${part}`, 2))
    }
    return WATCHED.test(path) ? [`${operation} ${path}`] : []
  })
}

/** The lines that differ, as a failing test shows them. */
function difference(before: string[], after: string[]): string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ]
}

test("Neon's OpenAPI document is unchanged", () => expect(contractOfDocument(document())).toMatchSnapshot())

test("the types of Neon's SDK are unchanged", () => expect(contractOfSdk(sdkTypes())).toMatchSnapshot())

const REQUEST = 'request.expires_at?: {"type":"string","format":"date-time"}'
test.each<[change: string, (document: Part) => void, difference: string[]]>([
  [
    'a create that takes an expiry',
    ({ components: { schemas } }) => {
      schemas.ApiKeyCreateRequest.properties.expires_at = { type: 'string', format: 'date-time', description: 'New!' }
    },
    [`+ POST /api_keys ${REQUEST}`, `+ POST /organizations/{org_id}/api_keys ${REQUEST}`],
  ],
  [
    'a field that becomes required',
    ({ components: { schemas } }) => {
      schemas.OrgApiKeyCreateRequest.allOf[1].required = ['project_id']
    },
    [
      '- POST /organizations/{org_id}/api_keys request.project_id?: {"type":"string","pattern":"^[a-z0-9-]{1,60}$"}',
      '+ POST /organizations/{org_id}/api_keys request.project_id: {"type":"string","pattern":"^[a-z0-9-]{1,60}$"}',
    ],
  ],
  [
    'a query parameter',
    ({ paths }) => {
      paths['/api_keys'].post.parameters = [{ in: 'query', name: 'ttl', required: true, schema: { type: 'integer' } }]
    },
    ['+ POST /api_keys query ttl: {"type":"integer"}'],
  ],
  [
    'an answer with an additional field',
    ({ components: { schemas } }) => {
      schemas.AuthDetailsResponse.properties.project_id = { type: 'string' }
    },
    ['+ GET /auth 200.project_id?: {"type":"string"}'],
  ],
  [
    'new operations',
    ({ paths }) => {
      paths['/organizations/{org_id}/oidc_providers'] = { get: {}, post: {} }
      paths['/auth/exchange'] = { post: {} }
      paths['/api_keys/{key_id}'].patch = {}
      paths['/regions/{region_id}'] = { get: {} }
    },
    [
      '+ PATCH /api_keys/{key_id}',
      '+ GET /organizations/{org_id}/oidc_providers',
      '+ POST /organizations/{org_id}/oidc_providers',
      '+ POST /auth/exchange',
    ],
  ],
])('it shows %s in the document', (_change, change, expected) => {
  const before = contractOfDocument(document())
  const changed = document()
  change(changed)
  expect(difference(before, contractOfDocument(changed))).toEqual(expected)
})

test.each<[change: string, (types: string) => string, difference: string[]]>([
  [
    'a create that takes an expiry',
    (types) => types.replace('    key_name: string;\n', '$&    /**\n     * New!\n     */\n    expires_at?: string;\n'),
    ['+ ApiKeyCreateRequest expires_at?: string;'],
  ],
  [
    'a field that becomes required',
    (types) => types.replace(/(type OrgApiKeyCreateRequest [^}]*project_id)\?/, '$1'),
    ['- OrgApiKeyCreateRequest project_id?: string;', '+ OrgApiKeyCreateRequest project_id: string;'],
  ],
  [
    'new operations',
    (types) => `${types}\nexport type ExchangeTokenData = {\n    body?: never;\n    url: '/oidc/exchange';\n};\n`,
    ['+ ExchangeToken /oidc/exchange'],
  ],
])("it shows %s in the SDK's types", (_change, change, expected) => {
  expect(difference(contractOfSdk(sdkTypes()), contractOfSdk(change(sdkTypes())))).toEqual(expected)
})
