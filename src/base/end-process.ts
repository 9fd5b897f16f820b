/**
 * Ends the process at once, with `process.exitCode`.
 *
 * `process.exit` waits for a pending look-up of a host name, which cannot be cancelled and takes minutes if no name server
 * answers. In that case, the process replaces itself with a program that only returns the exit code. Windows does not
 * support this: there a failed process is terminated with the code 1, and a successful one waits until Windows gives up
 * the look-up (12 s).
 */
export function endProcess(): never {
  if (process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) {
    const code = Number(process.exitCode ?? 0)
    if (process.platform !== 'win32') {
      const environment = { ...process.env, NODE_OPTIONS: '' }
      process.execve?.(process.execPath, ['node', '--eval', `process.exitCode = ${code}`], environment)
    } else if (code !== 0) process.kill(process.pid)
  }
  process.exit()
}
