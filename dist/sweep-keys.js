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

/** Adds Markdown to the page of the run. A module of its own, so that only the sweep, which does this, loads it. */
async function writeSummary(markdown) {
    await _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .summary */ .z.addRaw(markdown, true).write();
}


/***/ }),

/***/ 6913:
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
/** Does something with every item, so many at a time, in their order. */
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
// EXTERNAL MODULE: ./build/js/github/key-name.js
var key_name = __webpack_require__(3122);
// EXTERNAL MODULE: ./build/js/github/run-context.js
var run_context = __webpack_require__(7260);
// EXTERNAL MODULE: ./build/node_modules/@actions/github/lib/github.js + 22 modules
var github = __webpack_require__(8134);
;// CONCATENATED MODULE: ./build/js/github/runs.js


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
    return {
        kind: 'unknown',
        why: response ? `GitHub answered ${status}` : `GitHub did not answer (${(0,errors/* formatError */.Wk)(error)})`,
    };
}
function postponed(headers) {
    const reset = Number(headers['x-ratelimit-reset']);
    const when = Number.isFinite(reset) ? ` until ${new Date(reset * 1000).toISOString()}` : '';
    return { kind: 'postponed', why: `GitHub's rate limit is reached${when}; the next sweep goes on` };
}

// EXTERNAL MODULE: ./build/js/neon/client.js + 5 modules
var client = __webpack_require__(3949);
// EXTERNAL MODULE: ./build/js/neon/resolve-scope.js + 1 modules
var resolve_scope = __webpack_require__(2977);
// EXTERNAL MODULE: ./build/js/neon/scope.js
var neon_scope = __webpack_require__(7724);
;// CONCATENATED MODULE: ./build/js/steps/orphans.js
/** The keys of this repository among all that are listed, the oldest first; no other key is ever touched. */
function ownKeys(listed, home, parse) {
    return listed
        .flatMap((key) => {
        const parsed = parse(key.name);
        const ours = parsed?.server === home.server && parsed.repositoryId === home.repositoryId;
        return ours ? [{ ...key, parsed }] : [];
    })
        .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}
/** Decides about one key. In doubt it is kept, unless it is older than any run can be. */
function judge({ parsed: { runAttempt } }, run, { hours, maxHours }) {
    switch (run.kind) {
        case 'own':
            return { kind: 'kept', reason: "the sweep's own run" };
        case 'completed':
            return { kind: 'revoke', reason: 'its run has completed' };
        case 'deleted':
            return { kind: 'revoke', reason: 'its run was deleted' };
        case 'active':
            if (run.attempt !== undefined && Number(runAttempt) < run.attempt) {
                return { kind: 'revoke', reason: `attempt ${runAttempt} is over, attempt ${run.attempt} is ${run.status}` };
            }
            return { kind: 'kept', reason: `its run is ${run.status}` };
        case 'unknown':
        case 'postponed':
            if (hours > maxHours)
                return { kind: 'revoke', reason: `older than ${maxHours} hours, and ${run.why}` };
            return { kind: run.kind === 'unknown' ? 'unsure' : 'postponed', reason: run.why };
    }
}

// EXTERNAL MODULE: ./build/js/steps/inputs.js
var inputs = __webpack_require__(22);
;// CONCATENATED MODULE: ./build/js/steps/sweep-inputs.js


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

;// CONCATENATED MODULE: ./build/js/steps/sweep-report.js
function groupTreatments(treatments) {
    const { revoked = [], failed = [], kept = [], } = Object.groupBy(treatments, ({ kind }) => (kind === 'revoked' || kind === 'failed' ? kind : 'kept'));
    return { revoked, kept, failed };
}
/** A number of keys in words. */
function countKeys(count) {
    return count === 1 ? '1 key' : `${count} keys`;
}
/** A job's summary may hold 1 MiB; this many rows are well below it, and more than anybody reads. */
const MOST_ROWS = 500;
/** The job summary: what was revoked, kept and why, and what failed. Markdown. */
function summarize({ revoked, kept, failed }, dryRun, { GITHUB_SERVER_URL, GITHUB_REPOSITORY }) {
    const verb = dryRun ? 'Would revoke' : 'Revoked';
    const headline = `${verb} **${revoked.length}**, kept **${kept.length}**, failed **${failed.length}**.`;
    const runs = `${GITHUB_SERVER_URL ?? 'https://github.com'}/${GITHUB_REPOSITORY ?? ''}/actions/runs`;
    const rowsOf = (what, treatments) => treatments.map(({ key, reason }) => {
        const { runId, runAttempt, label } = key.parsed;
        const run = `[${runId}](${runs}/${runId}/attempts/${runAttempt})`;
        const cells = [what, key.id, label, run, day(key.createdAt), day(key.lastUsedAt) || 'never', reason];
        return `| ${cells.map(escapeCell).join(' | ')} |`;
    });
    const rows = [...rowsOf('failed', failed), ...rowsOf(verb.toLowerCase(), revoked), ...rowsOf('kept', kept)];
    const more = rows.length > MOST_ROWS ? [`\n… and ${rows.length - MOST_ROWS} more.`] : [];
    const head = ['| | key ID | job | run | created | last used | why |', '|---|---|---|---|---|---|---|'];
    const table = rows.length > 0 ? [...head, ...rows.slice(0, MOST_ROWS)] : [];
    return ['### Sweep of Neon API keys', '', headline, '', ...table, ...more, ''].join('\n');
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

;// CONCATENATED MODULE: ./build/js/steps/sweep-keys.js













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
    const { runner, environment, clock, cancelled } = world;
    const inputs = readSweepInputs(runner);
    const own = (0,run_context/* readRunContext */.$p)(world, '0');
    const deadline = new base_clock/* Deadline */.B(clock, SWEEP_DEADLINE);
    const http = world.openHttp((0,proxy_settings/* readProxySettings */.uv)(environment));
    const connectWithin = (limit) => (0,client/* connect */.N)({ ...world, http }, { ...inputs, deadline: limit, onWait: runner.debug });
    const neon = connectWithin(deadline);
    const scope = await (0,resolve_scope/* resolveScope */.H)(neon, inputs.scope, 'list');
    const listed = await neon
        .keysOf(scope)
        .list()
        .catch(async (error) => {
        throw await (0,resolve_scope/* explain */.W)(error, neon, { purpose: 'list', scope });
    });
    const inScope = scope.kind === 'project' ? listed.filter((key) => key.projectId === scope.projectId) : listed;
    const keys = ownKeys(inScope, { server: (0,key_name/* serverTag */.WD)(own.serverUrl), repositoryId: own.repositoryId }, key_name/* parseKeyName */.wN);
    runner.info(`${countKeys(listed.length)} in the ${(0,neon_scope/* describeScope */.OI)(scope)}, ${keys.length} made by this action for this repository.`);
    const github = openGithub({ token: inputs.githubToken, repository: environment.GITHUB_REPOSITORY ?? '', http });
    const progress = progressOf(world);
    const runs = await askForRuns({ keys, ownRunId: own.runId, github, cancelled, progress });
    const treatments = [];
    await concurrently(keys, CONCURRENCY, async (key) => {
        const hours = (clock.date() - Date.parse(key.createdAt)) / HOUR;
        const run = runs.get(key.parsed.runId) ?? OWN_RUN;
        treatments.push({ key, ...(await carryOut(key, judge(key, run, { hours, maxHours: inputs.maxAgeHours }))) });
        progress('revoking', treatments.length, keys.length);
    });
    async function carryOut(key, { kind, reason }) {
        if (kind !== 'revoke')
            return { kind, reason };
        if (inputs.dryRun)
            return { kind: 'revoked', reason };
        if (cancelled.aborted)
            return { kind: 'postponed', reason: CANCELLED.why };
        if (deadline.remaining() < KEY_DEADLINE) {
            return { kind: 'postponed', reason: "the sweep's time is over; the next one goes on" };
        }
        try {
            await connectWithin(new base_clock/* Deadline */.B(clock, KEY_DEADLINE)).keysOf(scope).revokeForCertain(key);
            return { kind: 'revoked', reason };
        }
        catch (error) {
            return { kind: 'failed', reason: (0,errors/* formatError */.Wk)(error) };
        }
    }
    await conclude(world, treatments, inputs.dryRun);
}
/** Asks GitHub about each run once, those of the oldest keys first. */
async function askForRuns({ keys, ownRunId, github, cancelled, progress }) {
    const states = new Map();
    const runIds = [...new Set(keys.map((key) => key.parsed.runId))].filter((runId) => runId !== ownRunId);
    let tokenReads;
    await concurrently(runIds, CONCURRENCY, async (runId) => {
        const answer = cancelled.aborted ? CANCELLED : await github.ask(runId);
        if (answer.kind === 'not found') {
            // A token that may not read runs is answered 404 for every one, as if all were deleted.
            tokenReads ??= github.ask(ownRunId).then(({ kind }) => kind === 'active' || kind === 'completed');
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
const OWN_RUN = { kind: 'own' };
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
/** Writes outputs, log and summary; throws when a key that should be revoked may be alive. */
async function conclude(world, treatments, dryRun) {
    const { runner, environment, cancelled } = world;
    const groups = groupTreatments(treatments);
    const { revoked, kept, failed } = groups;
    runner.output('revoked_count', String(revoked.length));
    runner.output('kept_count', String(kept.length));
    runner.output('failed_count', String(failed.length));
    for (const { key, reason } of revoked) {
        runner.info(`${dryRun ? 'Would revoke' : 'Revoked'} ${key.id} (${key.name}): ${reason}.`);
    }
    for (const [reason, count] of countReasons(kept))
        runner.info(`Kept ${count}: ${reason}.`);
    const postponed = kept.filter(({ kind }) => kind === 'postponed');
    if (postponed.length > 0) {
        runner.warning(`${countKeys(postponed.length)} remaining: ${postponed[0]?.reason}.`, 'The sweep stopped early');
    }
    const unsure = kept.filter(({ kind }) => kind === 'unsure');
    if (unsure.length > 0) {
        runner.warning(`${countKeys(unsure.length)} kept, although the runs may be over: ${[...countReasons(unsure).keys()].join('; ')}.`, 'The sweep could not tell about all keys');
    }
    await runner.summary(summarize(groups, dryRun, environment));
    if (cancelled.aborted)
        throw new errors/* Cancelled */.cJ('The job was cancelled in the middle of the sweep; the next one goes on.');
    if (failed.length > 0) {
        const list = failed.map(({ key, reason }) => `${key.id} (${key.name}): ${reason}`);
        throw new errors/* KeyMayBeAlive */.Xx(`${countKeys(failed.length)} could not be revoked. ${list.join(' ')}`, {
            fatal: true,
            commands: [],
        });
    }
}
function countReasons(treatments) {
    const counts = new Map();
    for (const { reason } of treatments)
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return counts;
}


/***/ })

};
;
//# sourceMappingURL=914.index.js.map