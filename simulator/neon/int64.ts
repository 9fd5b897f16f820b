/** A number with all its digits for `JSON.stringify`; a JavaScript number could not hold an int64. */
export function int64(digits: string): unknown {
  // ES2026 (Node 22 has it), not yet in TypeScript's library.
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits)
}
