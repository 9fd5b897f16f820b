import { countKeys, countReasons, type KeyResult } from '../src/steps/key-result.ts'

test('reasons are counted, the most frequent first', () => {
  const results = ['a', 'b', 'c', 'b', 'c', 'b'].map((reason) => ({ reason }) as KeyResult)
  expect(countReasons(results)).toEqual([
    ['b', 3],
    ['c', 2],
    ['a', 1],
  ])
})

test('keys are counted', () => expect([0, 1, 2].map(countKeys)).toEqual(['0 keys', '1 key', '2 keys']))
