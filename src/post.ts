import { revokeKey, runStep } from './index.ts'

void runStep(revokeKey, 'continue', 'A Neon API key may still be alive')
