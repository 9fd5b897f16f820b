import { canKeepIds, parseKeepingIds } from '../src/base/json.ts'

test.each<[string, string, unknown]>([
  ['an id is a bigint, of any size', '{"id":9223372036854775807}', { id: 9_223_372_036_854_775_807n }],
  ['at any depth', '{"keys":[{"id":7}]}', { keys: [{ id: 7n }] }],
  ['another number is not', '{"ids":7,"Id":8,"project_id":9}', { ids: 7, Id: 8, project_id: 9 }],
  [
    'nor an id that is not a whole number',
    '[{"id":1.5},{"id":-5},{"id":1e3}]',
    [{ id: 1.5 }, { id: -5 }, { id: 1000 }],
  ],
  ['nor one that is no number', '[{"id":"7"},{"id":null},{"id":[7]}]', [{ id: '7' }, { id: null }, { id: [7] }]],
  ['a byte order mark is ignored at the start', '\uFEFF{"id":7}', { id: 7n }],
  ['and kept elsewhere', '{"name":"\uFEFF"}', { name: '\uFEFF' }],
  ['a text that is not JSON is undefined', '<html>', undefined],
  ['an empty text, too', '', undefined],
])('%s', (_case, text, value) => expect(parseKeepingIds(text)).toEqual(value))

test("IDs cannot be kept if the runner's Node does not give the source text of a number", () => {
  const { parse } = JSON
  expect(canKeepIds()).toBe(true)
  JSON.parse = (text, reviver) => parse(text, reviver && ((key, value) => reviver(key, value)))
  try {
    expect(canKeepIds()).toBe(false)
    expect(parseKeepingIds('{"id":7}')).toEqual({ id: 7 })
  } finally {
    JSON.parse = parse
  }
})
