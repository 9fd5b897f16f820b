// Generated parts of the documents: tables between markers, in files that are otherwise written by hand.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function table(heads: string[], rows: (string | number)[][]): string {
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`)
  return lines.join('')
}

/** Replaces the content between the markers `<!-- name -->` … `<!-- /name -->` of a document. */
export function withGenerated(document: string, parts: Record<string, string>): string {
  return Object.entries(parts).reduce((text, [name, content]) => {
    const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
    const [from, to] = [text.indexOf(start), text.indexOf(end)]
    if (from === -1 || to < from) throw new Error(`There are no markers for the generated part '${name}'.`)
    return text.slice(0, from + start.length) + content + text.slice(to)
  }, document)
}

/** @param file path in the repository */
export function writeGenerated(file: string, parts: Record<string, string>): void {
  const path = join(import.meta.dirname, '..', file)
  writeFileSync(path, withGenerated(readFileSync(path, 'utf8'), parts))
}
