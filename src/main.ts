import { createKey, runStep } from './index.ts'

void runStep(createKey, 'cancel', 'The job got no Neon API key')
