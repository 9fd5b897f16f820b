// Third-party actions, checked out so that act downloads nothing itself.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The third-party actions that a workflow or a composite action uses: `owner/name@commit`. */
export function actionsIn(yaml: string): string[] {
  return [...yaml.matchAll(/uses: ([\w-]+\/[\w.-]+@\w{40})/g)].map(([, name = '']) => name)
}

/** Where act finds third-party actions: `owner/name@commit` to folder. */
export type OtherActions = Record<string, string>

/**
 * Checks actions out from GitHub, and the actions that they use.
 *
 * @returns the actions that could not be fetched. git's `url.<base>.insteadOf` can redirect to a mirror.
 */
export function checkOutActions(names: string[], into: OtherActions): string[] {
  return names.flatMap((name) => {
    const folder = checkOut(name)
    if (folder === undefined) return [name]
    into[name] = folder
    const file = ['action.yml', 'action.yaml'].map((each) => join(folder, each)).find(existsSync)
    return file === undefined ? [name] : checkOutActions(actionsIn(readFileSync(file, 'utf8')), into)
  })
}

function checkOut(name: string): string | undefined {
  const [repository = '', commit = ''] = name.split('@')
  const cwd = mkdtempSync(join(tmpdir(), 'action-'))
  const fetch = ['fetch', '--depth=1', `https://github.com/${repository}`, commit]
  const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' }
  try {
    for (const parameters of [['init'], fetch, ['checkout', 'FETCH_HEAD']]) {
      execFileSync('git', parameters, { cwd, env, stdio: 'ignore', timeout: 20_000 })
    }
    return cwd
  } catch {
    return undefined
  }
}
