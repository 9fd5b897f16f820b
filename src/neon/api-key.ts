/** Characters; Neon's keys are much longer. */
const SHORTEST_KEY = 8

/** Whether a value can be sent in a header: only visible ASCII characters. */
export function isSendable(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value)
}

/** Whether a value can be an API key. */
export function canBeApiKey(value: string): boolean {
  return value.length >= SHORTEST_KEY && isSendable(value)
}
