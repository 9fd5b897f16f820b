import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The modules that can be loaded into a step before anything else; each describes itself. */
export type Preload = 'time-lapse' | 'writes' | 'windows' | 'old-node' | 'name-lookup' | 'wrong-clock'

/** The variables that load such modules into a step, with those that the modules read. */
export function preload(modules: Preload[], env: Record<string, string>): Record<string, string> {
  const flags = modules.map((name) => `--import ${pathToFileURL(join(import.meta.dirname, 'preloads', `${name}.mjs`))}`)
  return { ...env, NODE_OPTIONS: flags.join(' ') }
}
