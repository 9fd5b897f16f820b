// What the entries (main.ts, post.ts, sweep.ts) start. All that they have in common is one bundle, `dist/index.js`, that
// each of them loads, instead of three that carry the same.

import type { World } from './steps/world.ts'

export { createKey } from './steps/create-key.ts'
export { revokeKey } from './steps/revoke-key.ts'
export { runStep } from './steps/run-step.ts'

/** The sweep; its own code, octokit above all, is loaded here and nowhere else, since main and post never need it. */
export async function sweepKeys(world: World): Promise<void> {
  const sweep = await import(/* webpackChunkName: "sweep-keys" */ './steps/sweep-keys.ts')
  await sweep.sweepKeys(world)
}
