import type { Answer } from './api.ts'

/** GitHub's maximum. */
export const PAGE_SIZE = 100

/** Reads the pages of a list, up to the first that is not full. Fails if one of them cannot be read. */
export async function readPages<K, V>(
  readPage: (page: number) => Promise<Answer<[K, V][]>>,
): Promise<Answer<Map<K, V>>> {
  const entries: [K, V][] = []
  for (let page = 1; ; page += 1) {
    const answer = await readPage(page)
    if (answer.kind !== 'found') return answer
    entries.push(...answer.value)
    if (answer.value.length < PAGE_SIZE) return { kind: 'found', value: new Map(entries) }
  }
}
