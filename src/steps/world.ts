import type { Clock } from '../base/clock.ts'
import type { Http } from '../base/http.ts'
import type { ProxySettings } from '../base/proxy-settings.ts'
import type { Runner } from '../github/runner.ts'

/** All effects of the action's steps; the entries pass the real ones. */
export interface World {
  runner: Runner
  environment: Readonly<NodeJS.ProcessEnv>
  /** The text of the event file; empty if there is none. */
  event: () => string
  clock: Clock
  /** Opens connections through these proxies. */
  openHttp: (proxies: ProxySettings) => Http
  /** Uniform in [0, 1). */
  random: () => number
  /** Aborts, with a {@link Cancelled}, when the runner cancels the job. */
  cancelled: AbortSignal
}
