/** A number that `JSON.stringify` writes with all its digits; a JavaScript number cannot hold every int64. */
export function int64(digits: string): unknown {
  // ES2026 (Node 22 has it), not yet in TypeScript's library.
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits)
}
