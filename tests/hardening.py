#!/usr/bin/env python3
"""hardening.py BINARY - reads the hardening flags back from the ELF; last line `N passed, N failed`."""
import re
import subprocess
import sys

binary = sys.argv[1]
elf = subprocess.run(["readelf", "--wide", "-h", "-l", "-d", "--dyn-syms", binary], capture_output=True, text=True,
                     check=True).stdout
checks = {
    "position independent (-fPIE -pie)": re.search(r"Type:\s+DYN", elf) and "INTERP" in elf,
    "relocations are read-only (-z relro)": "GNU_RELRO" in elf,
    "bound at start (-z now)": re.search(r"FLAGS.*(BIND_NOW|NOW)", elf),
    "no executable stack (-z noexecstack)": re.search(r"GNU_STACK\s+\S+ \S+ \S+ \S+ \S+ RW\s", elf),
    "stack protector (-fstack-protector-strong)": "__stack_chk_fail" in elf,
    "fortified (-D_FORTIFY_SOURCE)": re.search(r"__\w+_chk\b(?<!__stack_chk)", elf),
}
failed = [name for name, holds in checks.items() if not holds]
for name in checks:
    print(("not ok - " if name in failed else "ok - ") + name)
print(f"{len(checks) - len(failed)} passed, {len(failed)} failed")
sys.exit(bool(failed))
