/** Why no test can tell a mutant apart, by `file: original → replacement` as `docs/mutation.md` lists it. */
export const EQUIVALENT: Record<string, string> = {
  'src/base/http.ts: \'\' → "Stryker was here!"':
    'without a proxy both ways connect directly; only bundle.test.ts, which does not run here, notices the loaded code',
  "src/base/http.ts: { status: 0, headers: {}, body: '' } → {}": 'all fields are set before the answer is returned',
  'src/base/http.ts: \'given up\' → ""': 'the attempt has ended, so nobody sees this error',
  "src/base/http.ts: proxies.https === '' && proxies.http === '' → false":
    'without a proxy both ways connect directly; only bundle.test.ts, which does not run here, notices the loaded code',
  'src/base/json.ts: { return undefined } → {}': 'a function without return returns undefined',
  'src/base/json.ts: \'\' → "Stryker was here!"': 'neither text consists of digits',
  'src/base/loopback.ts: /^127(?:\\.\\d{1,3}){3}$/ → /127(?:\\.\\d{1,3}){3}$/':
    'URL turns a host name that ends in a number into an IPv4 address or rejects it',
  'src/base/proxy-settings.ts: \'\' → "Stryker was here!"': 'neither text is the URL of a proxy',
  'src/base/proxy-settings.ts: URL.parse(other)?.username → URL.parse(other).username': 'only valid URLs get this far',
  'src/base/proxy.ts: \'https:\' → ""': 'would need a server on port 80 or 443',
  "src/base/proxy.ts: protocol === 'https:' → false": 'would need a server on port 80 or 443',
  "src/base/proxy.ts: protocol === 'https:' → protocol !== 'https:'": 'would need a server on port 80 or 443',
  "src/base/proxy.ts: protocol === 'https:' → true": 'would need a server on port 80 or 443',
  'src/base/proxy.ts: \'\' → "Stryker was here!"': 'neither text is a code of a closed connection',
  'src/github/api.ts: response?.data → response.data': "octokit's errors with this status have a response",
  'src/github/run-reader.ts: \'run\' → ""': 'part of a key in a map, which stays unique',
  'src/github/run-reader.ts: \'jobs\' → ""': 'part of a key in a map, which stays unique',
  'src/github/run-reader.ts: \'\' → "Stryker was here!"': 'part of a key in a map, which stays unique',
  'src/github/run-reader.ts: \'runs\' → ""': 'part of a key in a map, which stays unique',
  'src/github/runs.ts: status !== null → true':
    'null has no replaceAll: an exception, which also counts as unexpected content',
  'src/github/runs.ts: \'\' → "Stryker was here!"': 'a repository name always has an owner and a name',
  'src/github/sanitize.ts: /^[ -~]*$/ → /^[ -~]$/': 'the slower path leaves plain ASCII unchanged',
  'src/neon/answers.ts: \'\' → "Stryker was here!"': 'neither text is a date',
  'src/neon/answers.ts: /^2\\d{3}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|[+-]\\d\\d:\\d\\d)$/ → /2\\d{3}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|[+-]\\d\\d:\\d\\d)$/':
    'Date.parse accepts no text around such a date',
  'src/neon/answers.ts: /^2\\d{3}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|[+-]\\d\\d:\\d\\d)$/ → /^2\\d{3}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|[+-]\\d\\d:\\d\\d)/':
    'Date.parse accepts no text around such a date',
  'src/neon/client.ts: \'look up the kind of the API key\' → ""': 'never shown',
  "src/neon/client.ts: outcome.kind === 'done' → true": 'other outcomes have no value',
  "src/neon/keys.ts: this.scope.kind === 'project' → true": 'other scopes have no project ID',
  'src/neon/keys.ts: this.projectId !== undefined → true': 'JSON omits undefined',
  'src/neon/outcome.ts: [] → ["Stryker was here"]': 'neither is a code of a permanent failure',
  'src/neon/outcome.ts: !value → false': 'an empty value is no date either',
  'src/neon/outcome.ts: \'\' → "Stryker was here!"': 'neither text is a date',
  'src/neon/refusals.ts: \'\' → "Stryker was here!"': 'neither text is a message of Neon',
  'src/neon/refusals.ts: refused.reason?.includes → refused.reason.includes': 'the condition before requires a reason',
  "src/neon/retry.ts: outcome.kind === 'maybe' → true": 'the other kinds of outcome lack this property',
  "src/neon/retry.ts: outcome.kind === 'again' → true": 'the other kinds of outcome lack this property',
  'src/steps/create-and-confirm.ts: \'doubtful\' → ""': 'only the other kinds are compared',
  'src/steps/create-and-confirm.ts: [] → ["Stryker was here"]': 'the list is not read in this case',
  'src/steps/create-and-confirm.ts: \'a key needs a name\' → ""': 'unreachable; for TypeScript',
  'src/steps/create-key.ts: environment[name]?.includes → environment[name].includes': 'every listed name has a value',
  'src/steps/decide.ts: \'\' → "Stryker was here!"': 'a rule has decided about an unknown repository before',
  "src/steps/decide.ts: repository.kind === 'found' → true": 'a rule has decided about an unknown repository before',
  'src/steps/inputs.ts: environment[envName]?.trim → environment[envName].trim':
    'the condition before requires the variable',
  'src/steps/record.ts: [] → ["Stryker was here"]': 'a text has no name',
  'src/steps/record.ts: \'\' → "Stryker was here!"': 'the same in main and post',
  'src/steps/revoke-by-job.ts: created.key === undefined || !canBeApiKey(created.key) → created.key === undefined && !canBeApiKey(created.key)':
    'any exception there has the same effect',
  'src/steps/revoke-by-job.ts: created.key === undefined → false': 'any exception there has the same effect',
  'src/steps/revoke-by-job.ts: resolved === undefined → false': 'any exception there has the same effect',
  'src/steps/revoke-by-job.ts: \'\' → "Stryker was here!"': 'the inputs are always read before',
  'src/steps/revoke-by-job.ts: { lastUsedAt: undefined, lastUsedFrom: undefined } → {}':
    'a missing property is undefined',
  'src/steps/revoke-key.ts: { return undefined } → {}': 'a function without return returns undefined',
  'src/steps/run-step.ts: \'\' → "Stryker was here!"': 'neither is an event with a repository',
  "src/steps/run-step.ts: { return '' } → {}": 'neither is an event with a repository',
  'src/steps/sweep-keys.ts: this.#deadline.remaining() < KEY_DEADLINE → this.#deadline.remaining() <= KEY_DEADLINE':
    'differs only in the one millisecond in which exactly 60 s are left',
  'src/steps/sweep-keys.ts: clock.now() - last < PROGRESS_INTERVAL → clock.now() - last <= PROGRESS_INTERVAL':
    'differs only if exactly 10 s have passed',
  'src/steps/sweep-keys.ts: \'https://api.github.com\' → ""': 'octokit has the same default',
  "src/steps/sweep-keys.ts: named.kind === 'found' → true": 'other answers have no value',
  'src/steps/sweep-summary.ts: bytes <= LONGEST_TABLE → bytes < LONGEST_TABLE': 'differs only at exactly 100,000 bytes',
  'src/steps/sweep-summary.ts: repository === undefined → false': 'undefined does not match the pattern of names',
}
