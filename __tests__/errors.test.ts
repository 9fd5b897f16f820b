import * as errors from '../src/base/errors.ts'

const { formatError, ...classes } = errors

const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code })

test.each<[string, unknown, string]>([
  ['a message and its causes', new Error('a', { cause: new Error('b', { cause: 'c' }) }), 'a: b: c'],
  ['a cause that the message repeats', new Error('a: b', { cause: new Error('b') }), 'a: b'],
  ['the code of an error without a message', coded('', 'ECONNRESET'), 'ECONNRESET'],
  ['the name of an error without both', new RangeError(), 'RangeError'],
  ['anything else that was thrown', 'text', 'text'],
  [
    // As Node reports a connection that each address of a host name refuses.
    'the errors of an AggregateError without a message, each once',
    Object.assign(
      new AggregateError([coded('refused ::1', 'E'), coded('refused 127.0.0.1', 'E'), coded('refused 127.0.0.1', 'E')]),
      {
        code: 'ECONNREFUSED',
      },
    ),
    'refused ::1: refused 127.0.0.1',
  ],
  ['their cause, too', new AggregateError([new Error('a')], '', { cause: new Error('b') }), 'a: b'],
  [
    'only the message of an AggregateError that has one',
    new AggregateError([new Error('a')], 'all failed'),
    'all failed',
  ],
  ['the code of an AggregateError without errors', Object.assign(new AggregateError([]), { code: 'E' }), 'E'],
])('%s', (_case, error, text) => expect(formatError(error)).toBe(text))

test.each(Object.entries(classes))('a %s is named after its class', (name, Class) => {
  const error = new (Class as unknown as new (message: string, details: object) => Error)('text', {})
  expect(error).toMatchObject({ name, message: 'text' })
})
