"use strict";
exports.id = 914;
exports.ids = [914];
exports.modules = {

/***/ 2973:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   writeSummary: () => (/* binding */ writeSummary)
/* harmony export */ });
/* harmony import */ var _actions_core__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3327);

/** Adds Markdown to the job summary. This is a separate module so that only the sweep loads it. */
async function writeSummary(markdown) {
    await _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .summary */ .z.addRaw(markdown, true).write();
}


/***/ }),

/***/ 7691:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  SWEEP_DEADLINE: () => (/* binding */ SWEEP_DEADLINE),
  sweepKeys: () => (/* binding */ sweepKeys)
});

// EXTERNAL MODULE: ./build/js/base/clock.js + 1 modules
var base_clock = __webpack_require__(5264);
;// CONCATENATED MODULE: ./build/js/base/concurrently.js
/** Processes items in order, up to `width` at a time. */
async function concurrently(items, width, act) {
    const queue = items.values();
    const work = async () => {
        for (const item of queue)
            await act(item);
    };
    await Promise.all(Array.from({ length: width }, work));
}

// EXTERNAL MODULE: ./build/js/base/errors.js
var errors = __webpack_require__(2438);
// EXTERNAL MODULE: ./build/js/base/proxy-settings.js
var proxy_settings = __webpack_require__(1907);
// EXTERNAL MODULE: ./build/node_modules/@actions/github/lib/github.js + 22 modules
var github = __webpack_require__(8134);
;// CONCATENATED MODULE: ./build/js/github/api.js


const CANCELLED = { kind: 'postponed', why: 'the job was cancelled; the next sweep continues' };
const OUT_OF_TIME = { kind: 'postponed', why: "the sweep's time is up; the next one continues" };
/** Milliseconds for one request. */
const TIMEOUT = 15_000;
/** The share of an hour's requests that is left to other users of the token or of the repository's limit. */
const LEFT_TO_OTHERS = 0.05;
/** Milliseconds; the longest pause that the sweep waits for. GitHub asks for a minute after many requests in a short time. */
const LONGEST_PAUSE = 120_000;
/** GitHub's REST API for reading, within its rate limits. */
class GithubApi {
    #access;
    #octokit;
    /** The result of all further requests, once no more are sent. */
    #end;
    /** Ends when requests may be sent again. */
    #pause;
    constructor(access) {
        this.#access = access;
        const request = { fetch: fetchThrough(access), log: QUIET };
        this.#octokit = (0,github/* getOctokit */.Q)(access.token, { baseUrl: access.baseUrl, request });
    }
    /**
     * Sends a request, unless no more requests can be sent.
     *
     * @param send the request
     * @param decode reads the body; `undefined` or an exception counts as no valid answer
     */
    async request(send, decode) {
        await this.#pause;
        const end = this.#reasonToStop();
        if (end)
            return end;
        try {
            const { status, data, headers } = await send(this.#octokit);
            const { 'x-ratelimit-remaining': remaining, 'x-ratelimit-limit': limit } = headers;
            if (Number(remaining) <= Number(limit) * LEFT_TO_OTHERS)
                this.#end = rateLimited(headers);
            return { kind: 'found', value: read(status, data, decode) };
        }
        catch (error) {
            if (this.#waitsAfter(error))
                return this.request(send, decode);
            return this.#explain(error);
        }
    }
    #reasonToStop() {
        if (this.#access.cancelled.aborted)
            return CANCELLED;
        return this.#end ?? (this.#access.deadline.remaining() < TIMEOUT ? OUT_OF_TIME : undefined);
    }
    /** Whether GitHub asked for a pause that is short enough; then no request is sent until it is over. */
    #waitsAfter(error) {
        const { clock, deadline, cancelled } = this.#access;
        const headers = headersOf(error);
        const pause = Math.max(1_000, Number(headers['retry-after']) * 1_000);
        if (!isRateLimit(error) || !(pause <= LONGEST_PAUSE) || pause + TIMEOUT > deadline.remaining())
            return false;
        this.#pause = clock.sleep(pause, cancelled).catch(() => { });
        return true;
    }
    #stop(end) {
        this.#end = end;
        return end;
    }
    #explain(error) {
        const { status, response } = error;
        if (this.#access.cancelled.aborted)
            return CANCELLED;
        if (isRateLimit(error))
            return this.#stop(rateLimited(headersOf(error)));
        if (status === 401)
            return this.#stop({ kind: 'refused', why: 'GitHub rejected the github_token (401)' });
        if (status === 403)
            return { kind: 'refused', why: `GitHub answered 403: ${(0,errors/* formatError */.Wk)(error)}` };
        if (status === 404 && hasMessage(response?.data))
            return { kind: 'not found' };
        if (status === 404)
            return { kind: 'unknown', why: 'a server other than GitHub answered 404' };
        if (error instanceof UnexpectedContent)
            return { kind: 'unknown', why: error.message };
        // octokit also gives the status 500 to an error without an answer.
        const why = response ? `GitHub answered ${status}` : `GitHub did not answer (${(0,errors/* formatError */.Wk)(error)})`;
        return { kind: 'unknown', why };
    }
}
/** GitHub's errors are JSON with a message; those of a proxy or a load balancer are not. */
function hasMessage(body) {
    return typeof body?.message === 'string';
}
/** GitHub, or a server in between, answered with unexpected content: a redirect, or a proxy's page. */
class UnexpectedContent extends Error {
}
function read(status, body, decode) {
    let value;
    try {
        if (status === 200)
            value = decode(body);
    }
    catch {
        // A part that should be an object is not.
    }
    if (value === undefined)
        throw new UnexpectedContent(`GitHub answered ${status} with unexpected content`);
    return value;
}
/** The part of `fetch` that octokit uses for reading, with the action's HTTP client. */
function fetchThrough({ http, cancelled }) {
    return async (url, { headers }) => {
        const request = { method: 'GET', url: new URL(url), headers, timeout: TIMEOUT, signal: cancelled };
        const { status, headers: answered, body } = await http.exchange(request);
        const pairs = Object.entries(answered).map(([name, value]) => [name, String(value)]);
        // A complete `Response` would load another large module of Node.
        return { status, url, headers: new Map(pairs), text: async () => body };
    };
}
/** octokit writes deprecation warnings to stderr, which must stay empty. */
const QUIET = { debug() { }, info() { }, warn() { }, error() { } };
function headersOf(error) {
    return error.response?.headers ?? {};
}
/** @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function isRateLimit(error) {
    const { status } = error;
    const headers = headersOf(error);
    const limited = String(headers['x-ratelimit-remaining']) === '0' || headers['retry-after'] !== undefined;
    return status === 429 || (status === 403 && (limited || /rate limit/i.test((0,errors/* formatError */.Wk)(error))));
}
function rateLimited(headers) {
    const reset = Number(headers['x-ratelimit-reset']);
    const when = Number.isFinite(reset) ? ` until ${new Date(reset * 1000).toISOString()}` : '';
    return { kind: 'postponed', why: `GitHub's rate limit is reached${when}; the next sweep continues` };
}

// EXTERNAL MODULE: ./build/js/github/key-name.js
var key_name = __webpack_require__(3122);
;// CONCATENATED MODULE: ./build/js/github/pages.js
/** GitHub's maximum. */
const PAGE_SIZE = 100;
/** Reads the pages of a list, up to the first that is not full. Fails if one of them cannot be read. */
async function readPages(readPage) {
    const entries = [];
    for (let page = 1;; page += 1) {
        const answer = await readPage(page);
        if (answer.kind !== 'found')
            return answer;
        entries.push(...answer.value);
        if (answer.value.length < PAGE_SIZE)
            return { kind: 'found', value: new Map(entries) };
    }
}

;// CONCATENATED MODULE: ./build/js/github/repositories.js

/** Lists the repositories that a GitHub App's installation token has access to. */
function fetchRepositories(api) {
    return readPages((page) => api.request((octokit) => octokit.request('GET /installation/repositories', { per_page: PAGE_SIZE, page }), ({ repositories }) => repositories.map(({ id, full_name }) => [String(id), full_name])));
}

// EXTERNAL MODULE: ./build/js/github/run-context.js
var run_context = __webpack_require__(7260);
;// CONCATENATED MODULE: ./build/js/github/runs.js
/** Gets the latest attempt of a run. */
function fetchRun(api, { repository, runId }) {
    return api.request((octokit) => octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', {
        ...splitName(repository),
        run_id: Number(runId),
        // They are not needed and can be many.
        exclude_pull_requests: true,
    }), ({ id, status, run_attempt: attempt = 1 }) => String(id) === runId && status !== null && Number.isInteger(attempt)
        ? { completed: status === 'completed', status: status.replaceAll('_', ' '), attempt }
        : undefined);
}
/** Lists runs of a repository, to check whether the token can read any. */
function fetchRuns(api, repository) {
    return api.request((octokit) => octokit.request('GET /repos/{owner}/{repo}/actions/runs', { ...splitName(repository), per_page: 1 }), ({ workflow_runs }) => workflow_runs);
}
/** Splits `owner/name` for octokit. */
function splitName(repository) {
    const [owner = '', repo = ''] = repository.split('/');
    return { owner, repo };
}

;// CONCATENATED MODULE: ./build/js/github/jobs.js


/** Lists all jobs of one attempt of a run. */
function fetchJobs(api, { repository, runId }, attempt) {
    const address = { ...splitName(repository), run_id: Number(runId), attempt_number: attempt };
    return readPages((page) => api.request((octokit) => octokit.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs', {
        ...address,
        per_page: PAGE_SIZE,
        page,
    }), 
    // A job has six statuses; only this one means that it has ended.
    ({ jobs }) => jobs.map(({ id, status }) => [String(id), status === 'completed'])));
}

;// CONCATENATED MODULE: ./build/js/github/run-reader.js


/** Reads runs from GitHub: sends each request once, and none about a repository to which GitHub has denied access. */
class RunReader {
    #api;
    #ownRun;
    #answers = new Map();
    #refusals = new Map();
    /** @param ownRun the run that tests the token, if it is a token of only that repository */
    constructor(api, ownRun) {
        this.#api = api;
        this.#ownRun = ownRun;
    }
    run(address) {
        return this.#once('run', address, () => fetchRun(this.#api, address));
    }
    jobs(address, attempt) {
        return this.#once('jobs', address, () => fetchJobs(this.#api, address, attempt));
    }
    /** Whether the token can read runs: one that cannot gets a 404 for every run, as if all were deleted. */
    async canReadRuns({ repository }) {
        if (this.#ownRun)
            return this.run(this.#ownRun);
        return this.#once('runs', { repository, runId: '' }, () => fetchRuns(this.#api, repository));
    }
    async #once(what, { repository, runId }, send) {
        const refusal = this.#refusals.get(repository);
        if (refusal)
            return refusal;
        const request = `${what} ${repository} ${runId}`;
        const sent = this.#answers.get(request);
        const answer = sent ?? send();
        this.#answers.set(request, answer);
        const answered = await answer;
        if (answered.kind === 'refused')
            this.#refusals.set(repository, answered);
        return answered;
    }
}

// EXTERNAL MODULE: ./build/js/neon/client.js + 5 modules
var client = __webpack_require__(3949);
// EXTERNAL MODULE: ./build/js/neon/resolve-scope.js + 1 modules
var resolve_scope = __webpack_require__(2977);
// EXTERNAL MODULE: ./build/js/neon/scope.js
var neon_scope = __webpack_require__(7724);
;// CONCATENATED MODULE: ./build/js/steps/verdicts.js

/** The token does not see the key's repository. */
function unseenRepository({ repository }) {
    if (repository.kind === 'not found') {
        return { kind: 'unseen', reason: 'the github_token does not see its repository' };
    }
    return undecided(repository);
}
/** The key is of the sweep's own job. */
function ownJob({ key, own }) {
    const { repositoryId, runId, jobId } = key.parsed;
    if ((0,key_name/* isOfJob */.d1)(key.name, own))
        return keep("the sweep's own job");
    const isOfOwnRun = repositoryId === own.repositoryId && runId === own.runId;
    return isOfOwnRun && jobId === '0' ? keep("the sweep's own run, and its name has no job ID") : undefined;
}
/** The key is older than any job. */
function tooOld({ ageHours, maxAgeHours }) {
    return ageHours > maxAgeHours ? revoke(`it is older than ${maxAgeHours} hours`) : undefined;
}
function completedRun({ key, run }) {
    return run?.kind === 'found' && run.value.completed && !isStale(run.value, key)
        ? revoke('its run has completed')
        : undefined;
}
function laterAttempt({ key, run }) {
    return run?.kind === 'found' && run.value.attempt > attemptOf(key)
        ? revoke('its run is on a later attempt')
        : undefined;
}
function completedJob({ key, jobs }) {
    return jobs?.kind === 'found' && jobs.value.get(key.parsed.jobId) ? revoke('its job has completed') : undefined;
}
function runningJob({ key, run, jobs }) {
    if (run?.kind !== 'found' || isStale(run.value, key))
        return undefined;
    const status = `its run is ${run.value.status}`;
    if (key.parsed.jobId === '0')
        return keep(`${status}, and its name has no job ID`);
    if (jobs?.kind === 'not found')
        return keep(`${status}, and GitHub has no list of its jobs`);
    if (jobs?.kind !== 'found')
        return undefined;
    return keep(jobs.value.has(key.parsed.jobId) ? 'its job has not completed' : `${status}, and GitHub does not list its job`);
}
function deletedRun({ canReadRuns }) {
    return canReadRuns?.kind === 'found' ? revoke('its run was deleted') : undefined;
}
/** The status of the run is not available. */
function unknownStatus({ key, run, canReadRuns, jobs }) {
    if (run?.kind === 'found' && isStale(run.value, key)) {
        return { kind: 'unknown', reason: 'GitHub answered about an earlier attempt' };
    }
    if (canReadRuns?.kind === 'not found')
        return { kind: 'refused', reason: 'the github_token cannot read runs (404)' };
    return undecided(run) ?? undecided(canReadRuns) ?? undecided(jobs);
}
/** The rules of docs/behavior.md, *Sweep*, in its order. */
const RULES = [
    ...[unseenRepository, ownJob, tooOld, completedRun, laterAttempt],
    ...[completedJob, runningJob, deletedRun, unknownStatus],
];
/** Decides about a key by the first rule that applies; `undefined` if more facts are needed. */
function judge(facts, rules = RULES) {
    for (const rule of rules) {
        const verdict = rule(facts);
        if (verdict)
            return verdict;
    }
    return undefined;
}
/** Whether the answer is from before the key's attempt started. */
function isStale(run, key) {
    return run.attempt < attemptOf(key);
}
function attemptOf({ parsed }) {
    return Number(parsed.runAttempt);
}
const keep = (reason) => ({ kind: 'kept', reason });
const revoke = (reason) => ({ kind: 'revoke', reason });
/** The verdict if the status is not known. */
function undecided(answer) {
    return answer && 'why' in answer ? { kind: answer.kind, reason: answer.why } : undefined;
}

;// CONCATENATED MODULE: ./build/js/steps/decide.js

/** Decides about a key, with only the necessary requests to GitHub. */
async function decide(known, runReader, rules = RULES) {
    const early = judge(known, rules);
    if (early)
        return early;
    const address = addressOf(known);
    const run = await runReader.run(address);
    const facts = { ...known, run };
    const verdict = judge(facts, rules) ?? judge({ ...facts, ...(await lookUpMore(facts, address, runReader)) }, rules);
    if (!verdict)
        throw new Error(`no rule decides about the key ${known.key.name}`);
    return verdict;
}
/** The jobs of a run that continues, or whether the token can read runs. */
async function lookUpMore({ run }, address, runReader) {
    if (run.kind === 'found')
        return { jobs: await runReader.jobs(address, run.value.attempt) };
    return { canReadRuns: await runReader.canReadRuns(address) };
}
/** The address of the key's run; by then, a rule has decided about keys of an unknown repository. */
function addressOf({ repository, key }) {
    return { repository: repository.kind === 'found' ? repository.value : '', runId: key.parsed.runId };
}

;// CONCATENATED MODULE: ./build/js/steps/key-result.js
/** A number of keys as text. */
function countKeys(count) {
    return count === 1 ? '1 key' : `${count} keys`;
}
/** Counts the keys for each reason. */
function countReasons(results) {
    const counts = new Map();
    for (const { reason } of results)
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts].sort(([, a], [, b]) => b - a);
}

;// CONCATENATED MODULE: ./build/js/steps/own-keys.js

/** Selects the listed keys that this action created there, oldest first; the sweep never touches any other key. */
function ownKeys(listed, { server, repositoryId }) {
    return listed
        .flatMap((key) => {
        const parsed = (0,key_name/* parseKeyName */.wN)(key.name);
        const ours = parsed?.server === server && (repositoryId ?? parsed.repositoryId) === parsed.repositoryId;
        return ours ? [{ ...key, parsed }] : [];
    })
        .sort((a, b) => (Date.parse(a.createdAt) || 0) - (Date.parse(b.createdAt) || 0));
}

// EXTERNAL MODULE: ./build/js/neon/api-key.js
var api_key = __webpack_require__(6466);
// EXTERNAL MODULE: ./build/js/steps/inputs.js
var inputs = __webpack_require__(22);
;// CONCATENATED MODULE: ./build/js/steps/sweep-inputs.js



/** 5 days, the maximum duration of a job (https://docs.github.com/actions/reference/limits), plus an hour. */
const DEFAULT_MAX_AGE_HOURS = '121';
/**
 * Reads and checks every input; masks both credentials before anything else.
 *
 * @throws {InputError} for the first input that cannot be used
 */
function readSweepInputs(runner) {
    const githubToken = runner.input('github_token');
    runner.mask(githubToken);
    const apiKey = (0,inputs/* readUsableApiKey */.OX)(runner);
    if (githubToken === '') {
        throw new errors/* InputError */.dz('The github_token input is empty. Omit it to use the token of the job.');
    }
    if (!(0,api_key/* isSendable */.d)(githubToken)) {
        throw new errors/* InputError */.dz('The github_token input contains white space, line breaks or characters that no token has. Store only the token in the secret, on one line.');
    }
    return {
        apiKey,
        githubToken,
        scope: (0,inputs/* readScope */.hx)(runner),
        jobId: (0,inputs/* readJobId */.tW)(runner),
        apiHost: (0,inputs/* readApiHost */.bB)(runner),
        allRepositories: readRepositories(runner) === 'all',
        maxAgeHours: readMaxAge(runner),
        dryRun: readBoolean(runner, 'dry_run'),
    };
}
function readRepositories(runner) {
    const value = runner.input('repositories') || 'this';
    if (value !== 'this' && value !== 'all') {
        throw new errors/* InputError */.dz(`The repositories input is '${value}'; it can be 'this' or 'all'.`);
    }
    return value;
}
function readMaxAge(runner) {
    const value = runner.input('max_age_hours') || DEFAULT_MAX_AGE_HOURS;
    const hours = Number(value);
    if (!/^\d+(\.\d+)?$/.test(value) || hours <= 0) {
        throw new errors/* InputError */.dz(`The max_age_hours input is '${value}'; it must be a number of hours above 0, such as 121.`);
    }
    return hours;
}
/** The spellings of YAML 1.2, like `core.getBooleanInput`. */
function readBoolean(runner, name) {
    const value = runner.input(name) || 'false';
    if (!/^(?:true|True|TRUE|false|False|FALSE)$/.test(value)) {
        throw new errors/* InputError */.dz(`The ${name} input is '${value}'; it can be 'true' or 'false'.`);
    }
    return value.toLowerCase() === 'true';
}

// EXTERNAL MODULE: ./build/js/github/sanitize.js
var sanitize = __webpack_require__(8224);
;// CONCATENATED MODULE: ./build/js/steps/sweep-summary.js


/** Bytes of all rows of a table; GitHub drops a summary above 1 MiB. */
const LONGEST_TABLE = 100_000;
/** Characters of a cell, which may contain text from Neon or GitHub. */
const LONGEST_CELL = 300;
/** The most important first. */
const ORDER = ['failed', 'refused', 'unknown', 'postponed', 'revoked', 'kept', 'unseen'];
/** The job summary: how many keys were revoked and kept, and why; then each key, up to a limit. Markdown. */
function summarize(results, { dryRun, serverUrl }) {
    const revoked = dryRun ? 'would revoke' : 'revoked';
    const outcomeOf = ({ kind }) => (kind === 'failed' ? kind : kind === 'revoked' ? revoked : 'kept');
    const sorted = ORDER.flatMap((kind) => results.filter((result) => result.kind === kind));
    const outcomes = Object.groupBy(sorted, outcomeOf);
    const counts = [revoked, 'kept', 'failed'].map((name) => `${name} **${outcomes[name]?.length ?? 0}**`).join(', ');
    const unseen = new Set(results.filter(({ kind }) => kind === 'unseen').map(({ key }) => key.parsed.repositoryId));
    return [
        '### Sweep of Neon API keys',
        `${counts.charAt(0).toUpperCase()}${counts.slice(1)}.`,
        ...(unseen.size > 0
            ? [`The github_token does not see **${unseen.size}** of the repositories that have keys.`]
            : []),
        ...table(['', 'keys', 'why'], Object.entries(outcomes).flatMap(([outcome, keys = []]) => countReasons(keys).map(([reason, count]) => [outcome, String(count), plain(reason)]))),
        ...table(['', 'key ID', 'job', 'run', 'created', 'last used', 'why'], sorted.map((result) => [
            outcomeOf(result),
            result.key.id,
            plain(result.key.parsed.label),
            linkToRun(result, serverUrl),
            minuteOf(result.key.createdAt),
            minuteOf(result.key.lastUsedAt) || 'never',
            plain(result.reason),
        ])),
        '',
    ].join('\n\n');
}
/** @param rows of Markdown; without any, there is no table */
function table(heads, rows) {
    if (rows.length === 0)
        return [];
    const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    let bytes = 0;
    const shown = lines.filter((line) => {
        bytes += Buffer.byteLength(line);
        return bytes <= LONGEST_TABLE;
    });
    const more = lines.length - shown.length;
    return [shown.join('\n'), ...(more > 0 ? [`… and ${more} more.`] : [])];
}
function linkToRun({ key, repository }, serverUrl) {
    const { runId, runAttempt } = key.parsed;
    // GitHub's pattern of names; any other character could end the link.
    if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository))
        return runId;
    return `[${runId}](${serverUrl}/${repository}/actions/runs/${runId}/attempts/${runAttempt})`;
}
function minuteOf(timestamp) {
    return timestamp?.slice(0, 16).replace('T', ' ') ?? '';
}
/** Escapes untrusted text for Markdown, so that it cannot start a cell, link, emphasis, mention or HTML. */
function plain(text) {
    return (0,sanitize/* sanitize */.a)(text)
        .slice(0, LONGEST_CELL)
        .replace(/[^\p{L}\p{N}\s,;()'-]/gu, (character) => `&#${character.codePointAt(0)};`);
}

;// CONCATENATED MODULE: ./build/js/steps/sweep-report.js



/**
 * Writes outputs, log, warnings and the job summary.
 *
 * @throws {Cancelled} if the job was cancelled
 * @throws {KeyMayBeAlive} if a key that should be revoked may be alive
 * @throws {GithubRefused} if GitHub denied access to a key's run
 */
async function reportSweep(world, results, inputs) {
    const { runner, environment, cancelled } = world;
    const of = (...kinds) => results.filter(({ kind }) => kinds.includes(kind));
    const revoked = of('revoked');
    const failed = of('failed');
    runner.output('revoked_count', String(revoked.length));
    runner.output('kept_count', String(results.length - revoked.length - failed.length));
    runner.output('failed_count', String(failed.length));
    for (const { key, reason } of revoked) {
        runner.info(`${inputs.dryRun ? 'Would revoke' : 'Revoked'} ${key.id} (${key.name}): ${reason}.`);
    }
    for (const [reason, count] of countReasons(of('kept', 'unseen', 'refused', 'unknown', 'postponed'))) {
        runner.info(`Kept ${count}: ${reason}.`);
    }
    const postponed = of('postponed');
    if (postponed.length > 0) {
        runner.warning(`${countKeys(postponed.length)} remaining: ${reasonsOf(postponed)}.`, 'The sweep stopped early');
    }
    const unknown = of('unknown');
    if (unknown.length > 0) {
        runner.warning(`${countKeys(unknown.length)} kept, although the jobs may have ended: ${reasonsOf(unknown)}.`, 'The sweep could not check all keys');
    }
    // Before escaping, since an escaped secret could not be recognized.
    const redacted = results.map((result) => ({ ...result, reason: runner.redact(result.reason) }));
    const { GITHUB_SERVER_URL: serverUrl = 'https://github.com' } = environment;
    await runner.summary(summarize(redacted, { dryRun: inputs.dryRun, serverUrl }));
    if (cancelled.aborted)
        throw new errors/* Cancelled */.cJ('The job was cancelled during the sweep; the next sweep continues.');
    const refused = of('refused');
    const refusal = refused.length > 0 ? [explainDenial(refused, inputs)] : [];
    if (failed.length > 0) {
        const list = failed.map(({ key, reason }) => `${key.id} (${key.name}): ${reason}`);
        const message = [`${countKeys(failed.length)} could not be revoked.`, ...list, ...refusal].join(' ');
        throw new errors/* KeyMayBeAlive */.Xx(message, { fatal: true, commands: [] });
    }
    if (refused.length > 0)
        throw new errors/* GithubRefused */.iX(refusal.join());
}
function reasonsOf(results) {
    return countReasons(results)
        .map(([reason]) => reason)
        .join('; ');
}
function explainDenial(refused, { allRepositories }) {
    const whose = allRepositories
        ? 'The GitHub App needs the repository permission Actions: read, and its token needs permission-actions: read.'
        : 'The token needs actions: read; add it to the permissions of the job or the workflow.';
    return `${countKeys(refused.length)} kept, because GitHub denied access: ${reasonsOf(refused)}. ${whose}`;
}

;// CONCATENATED MODULE: ./build/js/steps/sweep-keys.js

















/** Milliseconds; 10,000 revocations at Neon's 700 requests a minute take 15 minutes. */
const SWEEP_DEADLINE = 25 * 60_000;
/** Milliseconds for one key, so that a few that cannot be revoked do not block the others. */
const KEY_DEADLINE = 60_000;
/** How many keys are processed at the same time. */
const CONCURRENCY = 4;
/** Milliseconds between two lines of progress. */
const PROGRESS_INTERVAL = 10_000;
const HOUR = 3_600_000;
/**
 * The sweep: revokes the keys that no post step could revoke, the oldest first.
 *
 * @param rules of the sweep; the campaign removes one to check that it notices
 * @throws {InputError | RunnerError} before any request
 * @throws {NeonRefused | NeonUnreachable | GaveUp} if the keys cannot be listed
 * @throws {GithubRefused} if GitHub denies this token access
 * @throws {KeyMayBeAlive} if a key could not be revoked; all others are processed by then
 */
async function sweepKeys(world, rules) {
    const { runner, environment, clock, cancelled } = world;
    const inputs = readSweepInputs(runner);
    const own = (0,run_context/* readRunContext */.$)(world, inputs.jobId);
    const deadline = new base_clock/* Deadline */.B(clock, SWEEP_DEADLINE);
    const http = world.openHttp((0,proxy_settings/* readProxySettings */.uv)(environment));
    const connectWithin = (limit) => (0,client/* connect */.N)({ ...world, http }, { ...inputs, deadline: limit, onWait: runner.debug });
    const neon = connectWithin(deadline);
    const scope = await (0,resolve_scope/* resolveScope */.HV)(neon, inputs.scope, 'list');
    const listed = await listKeys(neon, scope);
    const repositoryId = inputs.allRepositories ? undefined : own.repositoryId;
    const keys = ownKeys(listed, { server: (0,key_name/* serverTag */.WD)(own.serverUrl), repositoryId });
    const whose = inputs.allRepositories ? 'on this server' : 'for this repository';
    runner.info(`${countKeys(listed.length)} in the ${(0,neon_scope/* describeScope */.OI)(scope)}, ${keys.length} created by this action ${whose}.`);
    const { GITHUB_API_URL: baseUrl = 'https://api.github.com', GITHUB_REPOSITORY: repository = '' } = environment;
    const api = new GithubApi({ token: inputs.githubToken, baseUrl, http, clock, deadline, cancelled });
    const repositories = inputs.allRepositories ? await findRepositories(api) : onlyThis(own, repository);
    const runReader = new RunReader(api, inputs.allRepositories ? undefined : { repository, runId: own.runId });
    const revoker = new Revoker(world, deadline, () => connectWithin(new base_clock/* Deadline */.B(clock, KEY_DEADLINE)).keysOf(scope));
    const progress = progressOf(world);
    const results = [];
    await concurrently(keys, CONCURRENCY, async (key) => {
        const ageHours = (neon.date() - Date.parse(key.createdAt)) / HOUR;
        const named = repositoryOf(key, repositories);
        const facts = { key, own, ageHours, maxAgeHours: inputs.maxAgeHours, repository: named };
        const verdict = await decide(facts, runReader, rules);
        const { kind, reason } = verdict.kind === 'revoke' && !inputs.dryRun ? await revoker.revoke(key, verdict) : verdict;
        results.push({
            key,
            repository: named.kind === 'found' ? named.value : undefined,
            kind: kind === 'revoke' ? 'revoked' : kind,
            reason,
        });
        progress(results.length, keys.length);
    });
    await reportSweep(world, results, inputs);
}
async function listKeys(neon, scope) {
    const listed = await (0,resolve_scope/* listExplained */.fH)(neon, scope);
    return scope.kind === 'project' ? listed.filter((key) => key.projectId === scope.projectId) : listed;
}
/** @throws {GithubRefused} */
async function findRepositories(api) {
    const answer = await fetchRepositories(api);
    if (answer.kind !== 'refused' && answer.kind !== 'not found')
        return answer;
    const why = answer.kind === 'refused' ? answer.why : 'GitHub lists no repositories for the github_token (404)';
    throw new errors/* GithubRefused */.iX(`${why}. With repositories: all, the github_token must be the installation token of a GitHub App; actions/create-github-app-token creates one.`);
}
function onlyThis({ repositoryId }, repository) {
    return { kind: 'found', value: new Map([[repositoryId, repository]]) };
}
/** The name of a key's repository. */
function repositoryOf({ parsed }, repositories) {
    if (repositories.kind !== 'found')
        return repositories;
    const value = repositories.value.get(parsed.repositoryId);
    return value === undefined ? { kind: 'not found' } : { kind: 'found', value };
}
/** Revokes keys until the time is up, the job is cancelled, or Neon's rate limit is reached. */
class Revoker {
    #world;
    #deadline;
    #connect;
    #end;
    constructor(world, deadline, connect) {
        this.#world = world;
        this.#deadline = deadline;
        this.#connect = connect;
    }
    async revoke(key, { reason }) {
        const end = this.#reasonToStop();
        if (end)
            return { kind: end.kind, reason: end.why };
        try {
            await this.#connect().revokeAndConfirm(key);
            return { kind: 'revoked', reason };
        }
        catch (error) {
            if (!(error instanceof errors/* RateLimited */.JH))
                return { kind: 'failed', reason: (0,errors/* formatError */.Wk)(error) };
            this.#end = { kind: 'postponed', why: "Neon's rate limit is reached; the next sweep continues" };
            return { kind: 'postponed', reason: this.#end.why };
        }
    }
    #reasonToStop() {
        if (this.#world.cancelled.aborted)
            return CANCELLED;
        return this.#end ?? (this.#deadline.remaining() < KEY_DEADLINE ? OUT_OF_TIME : undefined);
    }
}
/** Logs the progress of a long sweep from time to time. */
function progressOf({ runner, clock }) {
    let last = clock.now();
    return (done, all) => {
        if (clock.now() - last < PROGRESS_INTERVAL)
            return;
        last = clock.now();
        runner.info(`${done} of ${all} keys`);
    };
}


/***/ })

};
;
//# sourceMappingURL=914.index.js.map