// How host names are looked up; the answers are the test's own.

import type { LookupAddress, LookupOptions } from 'node:dns'
import { afterLookup, lookup, refuseName } from '../src/base/names.ts'

const dns = process.getBuiltinModule('node:dns')
const system = dns.lookup
/** The next answers. */
let answers: (Error | LookupAddress[])[] = []
let asked: LookupOptions[] = []
// names.ts loads the module at its first look-up, which comes later.
Object.assign(dns, {
  lookup(host: string, options: LookupOptions, callback: (error: Error | null, found?: LookupAddress[]) => void) {
    const answer = answers.shift()
    asked.push(options)
    if (answer === undefined) system(host, options, callback as never)
    else if (answer instanceof Error) callback(answer)
    else callback(null, answer)
  },
})
/** A name that was not looked up before: src/base/names.ts keeps the results. */
let name = ''
let count = 0
beforeEach(() => {
  count += 1
  name = `host-${count}.test`
  answers = []
  asked = []
})
afterAll(() => void Object.assign(dns, { lookup: system }))

const IPV6: LookupAddress = { address: '2001:db8::1', family: 6 }
const IPV4: LookupAddress = { address: '192.0.2.1', family: 4 }
const FAILED = new Error('no answer')

const look = (all = true): Promise<unknown[]> =>
  new Promise((resolve) => lookup(name, { all }, (...result) => resolve(result)))

/** Connects; `failure` is that of the connection. @returns how it ended, and the addresses that were used */
const connect = (hostname: string, failure: Error | null = null): Promise<unknown[]> =>
  new Promise((resolve) => {
    const used: string[] = []
    afterLookup((options, callback) => {
      used.push(options.hostname)
      callback(...((failure ? [failure, null] : [null, 'socket']) as Parameters<typeof callback>))
    })({ hostname, protocol: 'https:', port: '443' }, (...result) => resolve([...result, ...used]))
  })

test.each<[string, boolean, LookupAddress[], unknown[]]>([
  ['all addresses', true, [IPV6, IPV4], [null, [IPV6, IPV4]]],
  ['the first address', false, [IPV6, IPV4], [null, IPV6.address, 6]],
  ['no address', false, [], [null, '', undefined]],
])('a look-up in the form that net.connect asks for: %s', async (_form, all, found, result) => {
  answers = [found]
  expect(await look(all)).toEqual(result)
})

test('a name is looked up once, and again after a failed look-up', async () => {
  answers = [FAILED, [IPV4], [IPV6]]
  expect(await look()).toEqual([FAILED, []])
  expect(await Promise.all([look(), look()])).toEqual([
    [null, [IPV4]],
    [null, [IPV4]],
  ])
  expect(await look()).toEqual([null, [IPV4]])
})

test('a connection waits for the look-up; if that fails, none is tried', async () => {
  answers = [FAILED, [IPV4]]
  expect(await connect(name)).toEqual([FAILED, null])
  expect(await connect(name)).toEqual([null, 'socket', name])
  expect(asked).toHaveLength(2)
})

test('a name is looked up again after a failed connection, and not after a successful one', async () => {
  answers = [[IPV4], [IPV6]]
  await connect(name)
  expect(await connect(name, FAILED)).toEqual([FAILED, null, name])
  expect(asked).toHaveLength(1)
  expect(await look()).toEqual([null, [IPV6]])
})

test.each(['192.0.2.1', '2001:db8::1'])('an address needs no look-up: %s', async (address) => {
  expect(await connect(address)).toEqual([null, 'socket', address])
  expect(asked).toEqual([])
})

test.each([
  ['win32', 0],
  ['linux', dns.ADDRCONFIG],
])('look-ups on %s have the same hints as those of net.connect', async (platform, hints) => {
  const own = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor
  Object.defineProperty(process, 'platform', { ...own, value: platform })
  try {
    answers = [[IPV4]]
    await look()
    expect(asked).toEqual([{ all: true, hints }])
  } finally {
    Object.defineProperty(process, 'platform', own)
  }
})

test('a refused name fails each connection with the error, and not the process if there is none', async () => {
  refuseName(name, FAILED)
  // Jest fails a test with an unhandled rejection.
  await new Promise((resolve) => setImmediate(resolve))
  expect(await connect(name)).toEqual([FAILED, null])
  expect(await connect(name)).toEqual([FAILED, null])
  expect(asked).toEqual([])
})
