import formats from 'ajv-formats'
import { type Document, OpenAPIBackend } from 'openapi-backend'

/** A compiled OpenAPI document: finds a request's operation, validates requests and answers, and has examples. */
export async function compile(definition: Document): Promise<OpenAPIBackend> {
  const api = new OpenAPIBackend({
    definition,
    quick: true,
    ajvOpts: { strict: false, logger: false },
    customizeAjv: (ajv) => formats.default(ajv),
  })
  await api.init()
  // The router would list them again for every request.
  const operations = api.router.getOperations()
  api.router.getOperations = () => operations
  return api
}

/** The validation errors of a request or an answer, as text. */
export function violationsOf({ errors }: ReturnType<OpenAPIBackend['validateResponse']>): string[] {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`.trim())
}
