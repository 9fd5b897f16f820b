/**
 * Parses JSON, with every number under `id` as a `bigint`: Neon's IDs are int64, and `JSON.parse` rounds integers above
 * 2^53. A byte order mark, which some proxies add, is ignored (RFC 8259, section 8.1).
 *
 * @returns `undefined` if the text is not JSON
 */
export function parseKeepingIds(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''), keepId)
  } catch {
    return undefined
  }
}

/** The third argument, with the number's source text, is ES2026 (Node 22 has it) and not yet in TypeScript's library. */
function keepId(key: string, value: unknown, context?: { source?: string }): unknown {
  const digits = context?.source ?? ''
  return key === 'id' && /^\d+$/.test(digits) ? BigInt(digits) : value
}

/** Whether this version of Node supports this; otherwise, no ID in an answer could be read. */
export function canKeepIds(): boolean {
  return (parseKeepingIds('{"id":1}') as { id: unknown }).id === 1n
}
