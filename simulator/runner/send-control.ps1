# Sends Ctrl-C (0) or Ctrl-Break (1) to a process with its own console, as the runner does on Windows
# (Runner, ProcessInvoker.cs).
param([int] $process, [int] $control)
Add-Type -Namespace Win32 -Name Console -MemberDefinition @'
[DllImport("kernel32")] public static extern bool FreeConsole();
[DllImport("kernel32")] public static extern bool AttachConsole(int process);
[DllImport("kernel32")] public static extern bool SetConsoleCtrlHandler(IntPtr handler, bool add);
[DllImport("kernel32")] public static extern bool GenerateConsoleCtrlEvent(int control, int group);
'@
[void] [Win32.Console]::FreeConsole()
if (-not [Win32.Console]::AttachConsole($process)) { exit 1 }
[void] [Win32.Console]::SetConsoleCtrlHandler([IntPtr]::Zero, $true)
[void] [Win32.Console]::GenerateConsoleCtrlEvent($control, 0)
Start-Sleep -Milliseconds 500
