/** The secrets that the runner replaces with `***` (Runner, SecretMasker.cs, ValueEncoders.cs). */
export class Masks {
  /** The secrets, and each line of a multi-line secret, without their encoded forms. */
  readonly secrets: string[] = []
  readonly #forms = new Set<string>()

  add(secret: string): void {
    for (const value of [secret, ...secret.split(/[\r\n]+/).map((line) => line.trim())]) {
      if (value === '' || this.secrets.includes(value)) continue
      this.secrets.push(value)
      for (const form of formsOf(value)) if (form !== '') this.#forms.add(form)
    }
  }

  /** Secrets that overlap or touch become one `***`. */
  readonly hide = (text: string): string => {
    const covered = new Uint8Array(text.length)
    for (const form of this.#forms) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) covered.fill(1, at, at + form.length)
    }
    let shown = ''
    for (let index = 0; index < text.length; index += 1) {
      if (!covered[index]) shown += text[index]
      else if (!covered[index - 1]) shown += '***'
    }
    return shown
  }
}

/** A secret as it appears in JSON and URLs, and in base64, even after one or two other bytes. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()).replace(/[!'()*]/g, (c) =>
      `%${c.charCodeAt(0).toString(16)}`.toUpperCase(),
    ),
    ...[0, 1, 2].map((skipped) => bytes.subarray(bytes.length > skipped ? skipped : 0).toString('base64')),
  ]
}
