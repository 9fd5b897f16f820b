// What the entries (main.ts, post.ts, sweep.ts) start. They share one bundle, `dist/index.js`, instead of having three
// copies of the same code.

import type { World } from './steps/world.ts'

export { createKey } from './steps/create-key.ts'
export { revokeKey } from './steps/revoke-key.ts'
export { runStep } from './steps/run-step.ts'

/** The sweep. Only this loads its code, mainly octokit, since main and post never need it. */
export async function sweepKeys(world: World): Promise<void> {
  const sweep = await import(/* webpackChunkName: "sweep-keys" */ './steps/sweep-keys.ts')
  await sweep.sweepKeys(world)
}
