// Library modules that dist/ omits. Only whole modules are omitted; all others are as published. Main and post run in
// every job of every user, and loading code takes most of their time.

/** The path in node_modules, why no step of the action runs the module, and the modules of dist/ that require it. */
export const LEFT_OUT: Readonly<Record<string, { why: string; requiredBy: string[]; instead?: string }>> = {
  'undici/lib/dispatcher/client-h2.js': {
    why: 'HTTP/2 is switched off (src/base/http.ts)',
    requiredBy: ['undici/lib/dispatcher/client.js'],
  },
  'undici/lib/dispatcher/parser-h1.js': {
    why: 'the experimental HTTP parser is off by default',
    requiredBy: ['undici/lib/dispatcher/client-h1.js'],
    // Every client calls this.
    instead: 'exports.getMiloEnabled = () => false',
  },
  'undici/lib/web/fetch/body.js': {
    why: 'the body of a request is a string',
    requiredBy: ['undici/lib/dispatcher/client-h1.js'],
  },
  'undici/lib/web/fetch/formdata.js': {
    why: 'the body of a request is a string',
    requiredBy: ['undici/lib/core/request.js'],
  },
  'undici/lib/web/webidl/index.js': {
    why: 'the body of a request is a string',
    requiredBy: ['undici/lib/core/request.js'],
  },
  'undici/index.js': {
    why: 'octokit is given the HTTP client of the action (src/github/runs.ts)',
    requiredBy: ['@actions/github/lib/internal/utils.js'],
  },
  '@actions/github/node_modules/@actions/http-client/lib/index.js': {
    why: 'octokit is given the HTTP client of the action (src/github/runs.ts)',
    requiredBy: ['@actions/github/lib/internal/utils.js'],
    // @actions/github uses this while it is loaded.
    instead: 'exports.HttpClient = class { getAgent() {} getAgentDispatcher() {} }',
  },
}
