import { revokeKey, runStep } from './index.ts'

void runStep(revokeKey, 'carry on', 'A Neon API key may still be alive')
