// What does not depend on the machine: how much main and post carry, and what they load. They run in every job of every
// user, so a heavy import that sneaks in has to be noticed.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const bundle = (entry: string): string =>
  readFileSync(join(import.meta.dirname, '..', 'dist', entry, 'index.js'), 'utf8')

/** Node's own modules that a bundle can load. */
const builtins = (text: string): string[] =>
  [
    ...new Set(
      [...text.matchAll(/createRequire\(import\.meta\.url\)\("(?:node:)?([\w/]+)"\)/g)].map(([, name = '']) => name),
    ),
  ].sort()

describe.each(['main', 'post'])('%s', (entry) => {
  test('carries no more than 530 kB', () => {
    expect(bundle(entry).length).toBeLessThan(530_000)
  })

  test('leaves out what it never runs', () => {
    const text = bundle(entry)
    for (const foreign of ['octokit', 'class OidcClient', 'toolrunner', 'MockAgent', 'class FormData']) {
      expect(text.includes(foreign)).toBe(false)
    }
  })

  test('loads no module of Node that is not here', () => {
    expect(builtins(bundle(entry))).toMatchSnapshot()
  })
})

test('one copy of undici in each bundle', () => {
  for (const entry of ['main', 'post', 'sweep']) {
    expect(bundle(entry).match(/class EnvHttpProxyAgent\b/g)).toHaveLength(1)
  }
})
