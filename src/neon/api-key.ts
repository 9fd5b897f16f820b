/** Characters; Neon's keys are much longer, and a shorter text is not a key. */
const SHORTEST_KEY = 8

/** Whether a value can be sent in a header: visible ASCII characters alone. */
export function isSendable(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value)
}

/** Whether a value can be an API key at all. */
export function canBeApiKey(value: string): boolean {
  return value.length >= SHORTEST_KEY && isSendable(value)
}
