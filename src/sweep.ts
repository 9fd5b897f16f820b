import { runStep, sweepKeys } from './index.ts'

void runStep(sweepKeys, 'cancel', 'The sweep of Neon API keys failed')
