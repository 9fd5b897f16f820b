// Loaded into a step with `--import`: Node reports Windows as its platform. The rest of Node is unchanged, so this
// shows how code reacts to the reported platform, not what Windows does.

import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'

Object.defineProperty(process, 'platform', { value: 'win32' })
Object.defineProperty(os, 'EOL', { value: '\r\n' })
os.platform = () => 'win32'
syncBuiltinESMExports()
