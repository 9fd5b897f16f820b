import { createKey, runStep } from './index.ts'

void runStep(createKey, 'cancel', 'No Neon API key was handed on')
