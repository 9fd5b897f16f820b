// How a process ends; time.test.ts tests the same in real processes, of Linux only.

import { endProcess } from '../src/base/end-process.ts'

/** Calls `endProcess` in a failed process on Linux with a pending look-up, but for what `own` changes. @returns what it does first */
function ends(own: { platform?: string; exitCode?: number | undefined; pending?: string[]; execve?: undefined }) {
  const did: unknown[][] = []
  const note =
    (name: string) =>
    (...parameters: unknown[]) =>
      void did.push([name, ...parameters])
  const fake = {
    ...{ platform: 'linux', exitCode: 1, pid: 7, execPath: '/node', env: { A: 'b', NODE_OPTIONS: '--import x' } },
    ...{ exit: note('exit'), kill: note('kill'), execve: note('execve') },
    getActiveResourcesInfo: () => own.pending ?? ['GetAddrInfoReqWrap'],
    ...own,
  }
  const real = globalThis.process
  globalThis.process = fake as unknown as NodeJS.Process
  try {
    endProcess()
  } finally {
    globalThis.process = real
  }
  return did[0]
}

const replaced = (code: number) => [
  'execve',
  '/node',
  ['node', '--eval', `process.exitCode = ${code}`],
  { A: 'b', NODE_OPTIONS: '' },
]

test.each<[string, Parameters<typeof ends>[0], unknown]>([
  ['without a pending look-up it exits', { pending: ['Timeout'] }, ['exit']],
  ['with one it is replaced, since exit would wait', {}, replaced(1)],
  ['and keeps a good exit code', { exitCode: undefined }, replaced(0)],
  ['where a process cannot be replaced, it exits', { execve: undefined }, ['exit']],
  ['a failed process on Windows is terminated', { platform: 'win32' }, ['kill', 7]],
  ['a successful one exits', { platform: 'win32', exitCode: 0 }, ['exit']],
  ['also without an exit code', { platform: 'win32', exitCode: undefined }, ['exit']],
  ['a failed one without a look-up exits', { platform: 'win32', pending: [] }, ['exit']],
])('%s', (_case, own, action) => expect(ends(own)).toEqual(action))
