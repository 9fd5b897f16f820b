import { sanitize } from '../src/github/sanitize.ts'

test.each([
  ['', ''],
  ['plain ASCII: {"a":[1]} ~', 'plain ASCII: {"a":[1]} ~'],
  ['Grüße, 世界', 'Grüße, 世界'],
  ['a\r\n\t\u0000b', 'a b'],
  ['é\nb', 'é b'],
  ['\u2028\u2029\u202e', ' '],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['##[group]a ##[endgroup]', '# #[group]a # #[endgroup]'],
  ['##\u001b[0m[group]a', '# #[group]a'],
  ['::error::a ::b', ': :error::a ::b'],
  ['  ::error::a', '  : :error::a'],
  ['\n\n::error::a', ' : :error::a'],
  ['a ::error::', 'a ::error::'],
  ['a::error::', 'a::error::'],
])('%j becomes %j', (text, line) => expect(sanitize(text)).toBe(line))
