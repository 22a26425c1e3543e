# 不常驻时：登记一个每小时看一次的计划任务（周报日、月末到了才做，错过的开机后补）。未在 Windows 上验证。
# 用法（管理员 PowerShell）：.\register-tasks.ps1 -Program C:\kesu\.venv\Scripts\kesu.exe -Config C:\kesu\一厂\config.yaml
param(
    [Parameter(Mandatory = $true)][string]$Program,
    [Parameter(Mandatory = $true)][string]$Config
)
$folder = Split-Path -Parent $Config
$weekly = New-ScheduledTaskAction -Execute $Program -Argument "weekly -c `"$Config`"" -WorkingDirectory $folder
$monthEnd = New-ScheduledTaskAction -Execute $Program -Argument "month-end -c `"$Config`"" -WorkingDirectory $folder
$trigger = New-ScheduledTaskTrigger -Daily -At 08:01
$hours = New-ScheduledTaskTrigger -Once -At 08:01 -RepetitionInterval (New-TimeSpan -Hours 1) -RepetitionDuration (New-TimeSpan -Hours 10)
$trigger.Repetition = $hours.Repetition
$settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 4)
Register-ScheduledTask -TaskName "kesu-daily" -Action $weekly, $monthEnd -Trigger $trigger -Settings $settings -Force
