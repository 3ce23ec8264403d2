@echo off
setlocal
chcp 65001 >nul
cd /d "%~dp0"
set "GPMB_PYTHON="
for %%V in (3.11 3.12 3.13) do (
    py -%%V -c "" >nul 2>nul
    if not errorlevel 1 set "GPMB_PYTHON=py -%%V"
)
if not defined GPMB_PYTHON (
    python -c "" >nul 2>nul
    if not errorlevel 1 set "GPMB_PYTHON=python"
)
if not defined GPMB_PYTHON goto none
%GPMB_PYTHON% start.py --open %*
if not errorlevel 1 exit /b 0
pause
exit /b 1
:none
echo Không tìm thấy Python: cài Python 3.13 64 bit từ https://www.python.org/downloads/ rồi nhấp đúp lại tệp này.
echo Python was not found: install Python 3.13 of 64 bit from https://www.python.org/downloads/ then double-click this file again.
pause
exit /b 1
