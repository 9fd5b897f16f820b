// Loaded into a step with `--import`: what a program can ask about the platform is answered as on Windows. The rest of
// Node stays what it is, so this shows what code makes of the answers, not what Windows does.

import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'

Object.defineProperty(process, 'platform', { value: 'win32' })
Object.defineProperty(os, 'EOL', { value: '\r\n' })
os.platform = () => 'win32'
syncBuiltinESMExports()
