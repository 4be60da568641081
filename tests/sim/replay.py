"""replay.py SIM - of a simulation that fails: the line it prints must make the same step of the same seed fail again."""
import re
import subprocess
import sys

LINE = re.compile(r"^# failed at step (\d+); replay: (.*) (\d+) 1$", re.M)


def run(command, shell):
    done = subprocess.run(command, shell=shell, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, LINE.search(done.stdout), done.stdout


status, first, output = run(sys.argv[1:], False)
assert status != 0 and first, f"did not fail as it should have:\n{output}"
assert int(first[3]) > 1 and int(first[1]) > 1, "fails too early to show anything"
status, again, output = run(f"{first[2]} {first[3]} 1", True)
print("1..1")
same = status != 0 and again and again.groups() == first.groups() and re.search(r"seeds from \d+: 0, steps", output)
print(f"{'ok' if same else 'not ok'} 1 - replay: {sys.argv[1].rsplit('/', 1)[-1]} fails as it did")
if not same:
    print(f"# first {first[0]}\n{output}")
sys.exit(0 if same else 1)
