import { createServer } from 'node:http'
import { listen } from '../listening.ts'
import { Github, type GithubOptions } from './github.ts'

/** A simulated GitHub that listens on the loopback address. */
export type GithubServer = Github & {
  /** The value for `GITHUB_API_URL`. */
  readonly host: string
  close(): Promise<void>
}

/** Starts a simulated GitHub. */
export async function startGithub(options: GithubOptions = {}): Promise<GithubServer> {
  const github = await Github.create(options)
  const http = createServer((incoming, outgoing) => {
    const answer = github.answer(incoming.url ?? '', incoming.headers.authorization)
    if (answer === 'no answer') return
    outgoing.writeHead(answer.status, answer.headers)
    outgoing.end(answer.text)
  })
  const { port, close } = await listen(http)
  return Object.assign(github, { host: `http://127.0.0.1:${port}${github.options.basePath}`, close })
}
