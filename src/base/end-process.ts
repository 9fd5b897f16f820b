/**
 * Ends the process at once, with `process.exitCode`.
 *
 * `process.exit` waits for the look-up of a host name, which nothing can stop and which takes minutes when no name server
 * answers. Then the process becomes another program that only returns the exit code. Windows has no such thing: there a
 * failed process is terminated with the code 1, and one that succeeded waits for Windows to give the look-up up (12 s).
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
