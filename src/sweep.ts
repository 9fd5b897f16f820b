import { openGithub } from './github-runs.ts'
import { runStep } from './step.ts'
import { sweepKeys } from './sweep-keys.ts'

void runStep((world) => sweepKeys(world, openGithub), 'cancel', 'The sweep of Neon API keys failed')
