# What gc.freeze() before a fork saves: private KB of a forked worker after five collections.
import gc, os, sys

def private_kb():
    return sum(int(l.split()[1]) for l in open("/proc/self/smaps_rollup") if l.startswith("Private_"))

loaded = [{"key": str(i), "list": [i]} for i in range(300_000)]
if "freeze" in sys.argv:
    gc.collect()
    gc.freeze()
sys.stdout.flush()
pid = os.fork()
if pid == 0:
    before = private_kb()
    for _ in range(5):
        junk = [[i] for i in range(20_000)]
        gc.collect()
    print("%-8s unshared by five collections: %d KB" % (sys.argv[-1], private_kb() - before), flush=True)
    os._exit(0)
os.waitpid(pid, 0)
