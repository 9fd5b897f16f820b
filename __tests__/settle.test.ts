// The table of answers that a list settles, from docs/behavior.md, *Answers*: each row with what the list says.

import type { AnsweredKey, ListedKey } from '../src/neon/answers.ts'
import { findDoubtful, needsList, settle } from '../src/neon/settle.ts'

const listed = (id: string, name: string, projectId?: string): ListedKey => ({
  id,
  name,
  createdAt: '',
  lastUsedAt: undefined,
  projectId,
})
const answered = (fields: Partial<AnsweredKey>): AnsweredKey => ({
  id: '7',
  key: 'napi_7',
  name: undefined,
  projectId: undefined,
  ...fields,
})
const personal = { name: 'ours', projectId: undefined }
const scoped = { name: 'ours', projectId: 'p' }

test.each([
  ['only ID and key', personal, {}],
  ['the name asked for', personal, { name: 'ours' }],
  ['name and project asked for', scoped, { name: 'ours', projectId: 'p' }],
  ['no name, the project asked for', scoped, { projectId: 'p' }],
])('%s: accepted without a list', (_case, asked, answer) => {
  expect(needsList(asked, answered(answer))).toBe(false)
  expect(settle(asked, answered(answer), [])).toEqual({ kind: 'accepted', name: 'ours' })
})

test.each([
  ['another project', scoped, { name: 'ours', projectId: 'other' }],
  ['a project where none was asked for', personal, { name: 'ours', projectId: 'p' }],
])('%s: revoked, without a list', (_case, asked, answer) => {
  expect(needsList(asked, answered(answer))).toBe(false)
  expect(settle(asked, answered(answer), []).kind).toBe('wrong scope')
})

test.each([
  ['no project, the list has it', scoped, {}, [listed('7', 'ours', 'p')], { kind: 'accepted', name: 'ours' }],
  ['no project, nor in the list', scoped, {}, [listed('7', 'ours')], { kind: 'wrong scope' }],
  ['no project, another in the list', scoped, {}, [listed('7', 'ours', 'other')], { kind: 'wrong scope' }],
  [
    'another name, the list has ours',
    personal,
    { name: 'x' },
    [listed('7', 'ours')],
    { kind: 'accepted', name: 'ours' },
  ],
  ['another name, in the list too', personal, { name: 'x' }, [listed('7', 'x')], { kind: 'accepted', name: 'x' }],
  [
    'another name, ours under another ID',
    personal,
    { name: 'x' },
    [listed('7', 'x'), listed('8', 'ours')],
    { kind: 'not ours' },
  ],
  ['another name, and the list lacks the ID', personal, { name: 'x' }, [listed('8', 'y')], { kind: 'not ours' }],
  ['no project, and the list lacks the ID', scoped, {}, [], { kind: 'not ours' }],
  [
    'another name and another project, ours under another ID',
    scoped,
    { name: 'x', projectId: 'other' },
    [listed('7', 'x', 'other'), listed('8', 'ours', 'p')],
    { kind: 'not ours' },
  ],
  [
    'another name and another project, in the list too',
    scoped,
    { name: 'x', projectId: 'other' },
    [listed('7', 'x', 'other')],
    { kind: 'wrong scope' },
  ],
])('%s', (_case, asked, answer, list, settlement) => {
  expect(needsList(asked, answered(answer))).toBe(true)
  expect(settle(asked, answered(answer), list)).toMatchObject(settlement)
})

test.each<[{ name: string; projectId: string | undefined }, Partial<AnsweredKey>, string]>([
  [scoped, { projectId: 'q' }, 'The request was for a key for the project p, but Neon created a key for the project q'],
  [
    personal,
    { projectId: 'q' },
    'The request was for a key that is limited to no project, but Neon created a key for the project q',
  ],
])('the error names both projects', (asked, answer, why) =>
  expect(settle(asked, answered(answer), [])).toEqual({ kind: 'wrong scope', why }),
)

test('the error says that the key is limited to no project', () =>
  expect(settle(scoped, answered({}), [listed('7', 'ours')])).toEqual({
    kind: 'wrong scope',
    why: 'The request was for a key for the project p, but Neon created a key that is limited to no project',
  }))

test('a key in doubt is found by its name, or by the answered ID where no key has the name', () => {
  const doubtful = [{ name: 'ours', answeredId: '7' }]
  expect(findDoubtful([listed('7', 'x'), listed('9', 'y')], doubtful)).toEqual({ keys: [listed('7', 'x')], doubtful })
  expect(findDoubtful([listed('9', 'ours ')], doubtful)).toEqual({ keys: [], doubtful })
  // The answer was about somebody else's key: its ID is dropped, so that the next look does not revoke that key.
  expect(findDoubtful([listed('7', 'x'), listed('8', 'ours')], doubtful)).toEqual({
    keys: [listed('8', 'ours')],
    doubtful: [{ name: 'ours' }],
  })
})

test('the error names the project of a key with another name', () =>
  expect(settle(scoped, answered({ name: 'x', projectId: 'q' }), [listed('7', 'x', 'q')])).toEqual({
    kind: 'wrong scope',
    why: 'The request was for a key for the project p, but Neon created a key for the project q',
  }))
