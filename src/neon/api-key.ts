/** Whether a value can be an API key at all, and so be sent in a header: visible ASCII characters alone. */
export function isSendable(key: string): boolean {
  return /^[\x21-\x7e]+$/.test(key)
}
