# slowdown.py KIDREAPER WORKER-PID PORT N: asks /hello N times alone, and N times while kidreaper follows the worker; p50 and p99.
import http.client, subprocess, sys, time

kidreaper, pid, port, n = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

def ask():
    start = time.monotonic()
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    c.request("GET", "/hello")
    body = c.getresponse().read()
    c.close()
    if body != b"hello, world\n":
        raise SystemExit("wrong answer: %r" % body)
    return (time.monotonic() - start) * 1e3

def traced():
    return next(l.split()[1] for l in open("/proc/%s/status" % pid) if l.startswith("TracerPid")) != "0"

def say(name, times):
    times = sorted(times)
    print("%-10s p50 %6.2f ms  p99 %6.2f ms  (%d requests)" % (name, times[len(times) // 2], times[int(len(times) * .99)], len(times)), flush=True)

for _ in range(50):
    ask()
say("alone", [ask() for _ in range(n)])
follow = subprocess.Popen([kidreaper, "explain", pid, "--requests", str(n)], stdout=subprocess.PIPE, text=True)
while not traced():
    if follow.poll() is not None:
        raise SystemExit("kidreaper ended: " + follow.stdout.read())
    time.sleep(.01)
say("followed", [ask() for _ in range(n)])
out = follow.communicate(timeout=60)[0]
print("".join(l + "\n" for l in out.splitlines() if "stops" in l or "A request took" in l), end="")
say("after", [ask() for _ in range(n)])
