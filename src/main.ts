import { createKey } from './create-key.ts'
import { runStep } from './step.ts'

void runStep(createKey, 'cancel', 'No Neon API key was handed on')
