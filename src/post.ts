import { revokeKey } from './revoke-key.ts'
import { runStep } from './step.ts'

void runStep(revokeKey, 'carry on', 'A Neon API key may still be alive')
