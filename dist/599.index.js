"use strict";
exports.id = 599;
exports.ids = [599];
exports.modules = {

/***/ 1599:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  SWEEP_DEADLINE: () => (/* binding */ SWEEP_DEADLINE),
  sweepKeys: () => (/* binding */ sweepKeys)
});

// EXTERNAL MODULE: ./build/base/clock.js + 1 modules
var base_clock = __webpack_require__(3978);
;// CONCATENATED MODULE: ./build/base/concurrently.js
/** Does something with every item, so many at a time, in their order. */
async function concurrently(items, width, act) {
    const queue = items.values();
    const work = async () => {
        for (const item of queue)
            await act(item);
    };
    await Promise.all(Array.from({ length: width }, work));
}

// EXTERNAL MODULE: ./build/base/errors.js
var errors = __webpack_require__(942);
// EXTERNAL MODULE: ./build/github/key-name.js
var key_name = __webpack_require__(618);
// EXTERNAL MODULE: ./build/github/run-context.js
var run_context = __webpack_require__(4788);
// EXTERNAL MODULE: ./build/node_modules/@actions/github/lib/github.js + 24 modules
var github = __webpack_require__(2426);
;// CONCATENATED MODULE: ./build/github/runs.js


/** Of the 1,000 requests an hour that all jobs of a repository share, so many are left to the others. */
const LEFT_TO_OTHERS = 50;
/** Milliseconds for one answer. */
const TIMEOUT = 15_000;
/** Asks the GitHub that the runner belongs to (`GITHUB_API_URL`), through the runner's proxy. */
function openGithub({ token, repository, http }) {
    const [owner = '', repo = ''] = repository.split('/');
    const octokit = (0,github/* getOctokit */.Q)(token, { request: { fetch: fetchThrough(http) } });
    let limited;
    const heed = (headers) => {
        const remaining = headers['x-ratelimit-remaining'];
        if (remaining !== undefined && Number(remaining) <= LEFT_TO_OTHERS)
            limited = postponed(headers);
    };
    return {
        async ask(runId) {
            if (limited)
                return limited;
            try {
                // The run's pull requests are of no interest and can be many.
                const parameters = { owner, repo, run_id: Number(runId), exclude_pull_requests: true };
                const { data, headers } = await octokit.rest.actions.getWorkflowRun(parameters);
                heed(headers);
                if (String(data.id) !== runId)
                    return { kind: 'unknown', why: 'GitHub answered for another run' };
                if (data.status === 'completed')
                    return { kind: 'completed' };
                return {
                    kind: 'active',
                    status: (data.status ?? 'in an unknown state').replaceAll('_', ' '),
                    attempt: data.run_attempt,
                };
            }
            catch (error) {
                const answer = explainFailure(error);
                if (answer.kind === 'postponed')
                    limited = answer;
                return answer;
            }
        },
    };
}
/** `fetch`, as far as octokit uses it to read, over the one HTTP client of the action. */
function fetchThrough(http) {
    return async (url, { headers }) => {
        const answer = await http.exchange({ method: 'GET', url: new URL(url), headers, timeout: TIMEOUT });
        const pairs = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
        return new Response(answer.body, { status: answer.status, headers: pairs });
    };
}
/** @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function explainFailure(error) {
    const { status, response } = error;
    const headers = response?.headers ?? {};
    const exhausted = String(headers['x-ratelimit-remaining'] ?? '') === '0' || headers['retry-after'] !== undefined;
    if (status === 429 || (status === 403 && exhausted))
        return postponed(headers);
    if (status === 404)
        return { kind: 'not found' };
    if (status === 403)
        return { kind: 'unknown', why: 'the token may not read runs (it needs actions: read)' };
    if (status === 401)
        return { kind: 'unknown', why: 'GitHub rejected the token' };
    // octokit gives an error without an answer the status 500, too.
    return { kind: 'unknown', why: response ? `GitHub answered ${status}` : `GitHub did not answer (${(0,errors/* describe */.q0)(error)})` };
}
function postponed(headers) {
    const reset = Number(headers['x-ratelimit-reset']);
    const when = Number.isFinite(reset) ? ` until ${new Date(reset * 1000).toISOString()}` : '';
    return { kind: 'postponed', why: `GitHub's rate limit is reached${when}; the next sweep goes on` };
}

// EXTERNAL MODULE: ./build/neon/client.js + 3 modules
var client = __webpack_require__(9691);
// EXTERNAL MODULE: ./build/neon/resolve-scope.js + 1 modules
var resolve_scope = __webpack_require__(9367);
// EXTERNAL MODULE: ./build/neon/revoke-by-id.js
var revoke_by_id = __webpack_require__(9416);
// EXTERNAL MODULE: ./build/neon/scope.js
var neon_scope = __webpack_require__(9780);
;// CONCATENATED MODULE: ./build/steps/orphans.js
/** Which of all listed keys are this repository's, the oldest first; everything else is never touched. */
function ownKeys(listed, home, parse) {
    return listed
        .flatMap((key) => {
        const parsed = parse(key.name);
        const ours = parsed?.server === home.server && parsed.repositoryId === home.repositoryId;
        return ours ? [{ ...key, parsed }] : [];
    })
        .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}
/**
 * Decides about one key. In doubt it stays, unless it is older than any run can be.
 *
 * @param ageHours of the key; not a number where Neon's date cannot be read
 * @param maxAgeHours from which on a key goes even where GitHub cannot tell
 */
function judge(key, run, own, ageHours, maxAgeHours) {
    const verdict = (revoke, reason) => ({
        key,
        revoke,
        reason,
        postponed: run.kind === 'postponed' && !revoke,
        unsure: run.kind === 'unknown' && !revoke,
    });
    const { runId, runAttempt } = key.parsed;
    if (runId === own.runId)
        return verdict(false, "the sweep's own run");
    switch (run.kind) {
        case 'completed':
            return verdict(true, 'its run has completed');
        case 'deleted':
            return verdict(true, 'its run was deleted');
        case 'active':
            if (run.attempt !== undefined && Number(runAttempt) < run.attempt) {
                return verdict(true, `attempt ${runAttempt} is over, attempt ${run.attempt} is ${run.status}`);
            }
            return verdict(false, `its run is ${run.status}`);
        case 'unknown':
        case 'postponed':
            if (ageHours > maxAgeHours)
                return verdict(true, `older than ${maxAgeHours} hours, and ${run.why}`);
            return verdict(false, run.why);
    }
}

// EXTERNAL MODULE: ./build/steps/inputs.js
var inputs = __webpack_require__(3998);
;// CONCATENATED MODULE: ./build/steps/sweep-inputs.js


/** The inputs that `sweep/action.yml` declares; a test compares the two. */
const SWEEP_INPUT_NAMES = (/* unused pure expression or super */ null && ([
    'api_key',
    'org_id',
    'project_id',
    'api_host',
    'github_token',
    'max_age_hours',
    'dry_run',
]));
/** 35 days: no run lasts longer (https://docs.github.com/actions/reference/limits, 'Workflow run time'). */
const DEFAULT_MAX_AGE_HOURS = '840';
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
        throw new errors/* InputError */.dz('The github_token input is empty. Leave it out to use the token of the job.');
    }
    return {
        apiKey,
        githubToken,
        scope: (0,inputs/* readScope */.hx)(runner),
        apiHost: (0,inputs/* readApiHost */.bB)(runner),
        maxAgeHours: readMaxAge(runner),
        dryRun: readBoolean(runner, 'dry_run'),
    };
}
function readMaxAge(runner) {
    const value = runner.input('max_age_hours') || DEFAULT_MAX_AGE_HOURS;
    const hours = Number(value);
    if (!/^\d+(\.\d+)?$/.test(value) || hours <= 0) {
        throw new errors/* InputError */.dz(`The max_age_hours input is '${value}'; it takes a number of hours above 0, such as 840.`);
    }
    return hours;
}
/** YAML 1.2's spellings, as `core.getBooleanInput` has them. */
function readBoolean(runner, name) {
    const value = runner.input(name) || 'false';
    if (!/^(?:true|True|TRUE|false|False|FALSE)$/.test(value)) {
        throw new errors/* InputError */.dz(`The ${name} input is '${value}'; it can be 'true' or 'false'.`);
    }
    return value.toLowerCase() === 'true';
}

;// CONCATENATED MODULE: ./build/steps/sweep-report.js
/** So many keys, in words. */
function countKeys(count) {
    return count === 1 ? '1 key' : `${count} keys`;
}
/** A job's summary may hold 1 MiB; this many rows are well below it, and more than anybody reads. */
const MOST_ROWS = 500;
/** The page of the run: what was revoked, kept and why, what failed. Markdown. */
function summarize(outcomes, dryRun, { GITHUB_SERVER_URL, GITHUB_REPOSITORY }) {
    const count = (kind) => outcomes.filter((outcome) => outcome.kind === kind).length;
    const headline = `${dryRun ? 'Would revoke' : 'Revoked'} **${count('revoked')}**, kept **${count('kept')}**, failed **${count('failed')}**.`;
    const order = ['failed', 'revoked', 'kept'];
    const sorted = [...outcomes].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    const runs = `${GITHUB_SERVER_URL ?? 'https://github.com'}/${GITHUB_REPOSITORY ?? ''}/actions/runs`;
    const rows = sorted.slice(0, MOST_ROWS).map(({ kind, key, reason }) => {
        const { runId, runAttempt, label } = key.parsed;
        const what = kind === 'revoked' && dryRun ? 'would revoke' : kind;
        const run = `[${runId}](${runs}/${runId}/attempts/${runAttempt})`;
        const cells = [what, key.id, label, run, day(key.createdAt), day(key.lastUsedAt) || 'never', reason];
        return `| ${cells.map(escapeCell).join(' | ')} |`;
    });
    const more = outcomes.length > MOST_ROWS ? [`\n\u2026 and ${outcomes.length - MOST_ROWS} more.`] : [];
    const table = ['| | key ID | job | run | made | last used | why |', '|---|---|---|---|---|---|---|', ...rows];
    return ['### Sweep of Neon API keys', '', headline, '', ...(rows.length > 0 ? table : []), ...more, ''].join('\n');
}
function day(timestamp) {
    return timestamp?.slice(0, 16).replace('T', ' ') ?? '';
}
/** Neon's words may stand in a reason. */
function escapeCell(text) {
    return text
        .replace(/[\r\n]+/g, ' ')
        .replaceAll('|', '\\|')
        .replaceAll('<', '&lt;');
}

;// CONCATENATED MODULE: ./build/steps/sweep-keys.js













/** Milliseconds; 10,000 revocations at Neon's 700 requests a minute take 15 minutes. */
const SWEEP_DEADLINE = 25 * 60_000;
/** Milliseconds for one key, so that a few that cannot be revoked do not hold up all others. */
const KEY_DEADLINE = 60_000;
/** How many requests are under way at once, to GitHub and to Neon. */
const CONCURRENCY = 4;
/** Milliseconds between two lines of progress. */
const PROGRESS_INTERVAL = 10_000;
const HOUR = 3_600_000;
/**
 * The sweep: revokes the keys of runs that are over, which no post step could revoke because the runner died.
 *
 * @throws {InputError | RunnerError} before any request
 * @throws {NeonRefused | NeonUnreachable | GaveUp} when the keys cannot be listed
 * @throws {KeyMayBeAlive} when a key that should have been revoked could not be; all others are done by then
 */
async function sweepKeys(world) {
    const { runner, environment, clock, http, random, cancelled } = world;
    const inputs = readSweepInputs(runner);
    const own = (0,run_context/* readRunContext */.$)(environment);
    const deadline = new base_clock/* Deadline */.B(clock, SWEEP_DEADLINE);
    const connect = (within) => {
        const patience = { clock, deadline: within, random, cancelled, onWait: runner.debug };
        return new client/* NeonApi */.d({ apiHost: inputs.apiHost, apiKey: inputs.apiKey, http, patience });
    };
    const neon = connect(deadline);
    const scope = await (0,resolve_scope/* resolveScope */.HV)(neon, inputs.scope, 'list');
    const listed = await (0,resolve_scope/* explained */.to)('list', scope, neon, () => neon.listKeys(scope));
    const inScope = scope.projectId === undefined ? listed : listed.filter((key) => key.projectId === scope.projectId);
    const keys = ownKeys(inScope, { server: (0,key_name/* serverTag */.WD)(own.serverUrl), repositoryId: own.repositoryId }, key_name/* parseKeyName */.wN);
    runner.info(`${countKeys(listed.length)} in the ${(0,neon_scope/* describeScope */.OI)(scope)}, ${keys.length} made by this action for this repository.`);
    const github = openGithub({ token: inputs.githubToken, repository: environment.GITHUB_REPOSITORY ?? '', http });
    const progress = progressOf(world);
    const states = await askForRuns(keys, own, github, cancelled, progress);
    const verdicts = keys.map((key) => {
        const age = (clock.date() - Date.parse(key.createdAt)) / HOUR;
        return judge(key, states.get(key.parsed.runId) ?? OWN_RUN, own, age, inputs.maxAgeHours);
    });
    const outcomes = [];
    await concurrently(verdicts, CONCURRENCY, async (verdict) => {
        outcomes.push(await carryOut(verdict));
        progress('revoking', outcomes.length, verdicts.length);
    });
    async function carryOut(verdict) {
        if (!verdict.revoke)
            return { ...verdict, kind: 'kept' };
        if (inputs.dryRun)
            return { ...verdict, kind: 'revoked' };
        if (cancelled.aborted)
            return { ...verdict, kind: 'kept', postponed: true, reason: CANCELLED.why };
        if (deadline.remaining() < KEY_DEADLINE) {
            return { ...verdict, kind: 'kept', postponed: true, reason: "the sweep's time is over; the next one goes on" };
        }
        try {
            await (0,revoke_by_id/* revokeById */.P)(connect(new base_clock/* Deadline */.B(clock, KEY_DEADLINE)), scope, verdict.key);
            return { ...verdict, kind: 'revoked' };
        }
        catch (error) {
            return { ...verdict, kind: 'failed', reason: (0,errors/* describe */.q0)(error) };
        }
    }
    await conclude(world, outcomes, inputs.dryRun);
}
/** Asks GitHub about each run once, those of the oldest keys first. */
async function askForRuns(keys, own, github, cancelled, progress) {
    const states = new Map();
    const runIds = [...new Set(keys.map((key) => key.parsed.runId))].filter((runId) => runId !== own.runId);
    let tokenReads;
    await concurrently(runIds, CONCURRENCY, async (runId) => {
        const answer = cancelled.aborted ? CANCELLED : await github.ask(runId);
        if (answer.kind === 'not found') {
            // A token that may not read runs is answered 404 for every one, as if all were deleted.
            tokenReads ??= github.ask(own.runId).then(({ kind }) => kind === 'active' || kind === 'completed');
            states.set(runId, (await tokenReads) ? { kind: 'deleted' } : UNREADABLE);
        }
        else {
            states.set(runId, answer);
        }
        progress('asking GitHub about runs', states.size, runIds.length);
    });
    return states;
}
const UNREADABLE = { kind: 'unknown', why: 'GitHub shows no runs to this token (it needs actions: read)' };
const CANCELLED = { kind: 'postponed', why: 'the job was cancelled; the next sweep goes on' };
/** The state of the sweep's own run is not asked for; nothing is done to its keys. */
const OWN_RUN = { kind: 'active', status: 'in progress', attempt: undefined };
/** Says now and then how far a long sweep is. */
function progressOf({ runner, clock }) {
    let last = clock.now();
    return (what, done, all) => {
        if (clock.now() - last < PROGRESS_INTERVAL)
            return;
        last = clock.now();
        runner.info(`${what}: ${done} of ${all}`);
    };
}
/** Outputs, log, summary; fails when a key that should be dead may be alive. */
async function conclude({ runner, environment, cancelled }, outcomes, dryRun) {
    const of = (kind) => outcomes.filter((outcome) => outcome.kind === kind);
    const [revoked, kept, failed] = [of('revoked'), of('kept'), of('failed')];
    runner.output('revoked_count', String(revoked.length));
    runner.output('kept_count', String(kept.length));
    runner.output('failed_count', String(failed.length));
    for (const { key, reason } of revoked) {
        runner.info(`${dryRun ? 'Would revoke' : 'Revoked'} ${key.id} (${key.name}): ${reason}.`);
    }
    for (const [reason, count] of countBy(kept))
        runner.info(`Kept ${count}: ${reason}.`);
    const postponed = kept.filter((outcome) => outcome.postponed);
    if (postponed.length > 0) {
        runner.warning(`${countKeys(postponed.length)} remaining: ${postponed[0]?.reason}.`, 'The sweep stopped early');
    }
    const unsure = kept.filter((outcome) => outcome.unsure);
    if (unsure.length > 0) {
        runner.warning(`${countKeys(unsure.length)} kept, although the runs may be over: ${[...countBy(unsure).keys()].join('; ')}.`, 'The sweep could not tell about all keys');
    }
    await runner.summary(summarize(outcomes, dryRun, environment));
    if (cancelled.aborted)
        throw new errors/* Cancelled */.cJ('The job was cancelled in the middle of the sweep; the next one goes on.');
    if (failed.length > 0) {
        const list = failed.map(({ key, reason }) => `${key.id} (${key.name}): ${reason}`);
        throw new errors/* KeyMayBeAlive */.Xx(`${countKeys(failed.length)} could not be revoked. ${list.join(' ')}`, true);
    }
}
function countBy(kept) {
    const counts = new Map();
    for (const { reason } of kept)
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return counts;
}


/***/ })

};
;