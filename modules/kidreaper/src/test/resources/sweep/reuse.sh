# reuse.sh POOL.PL DIR CLONE: sweeps a pool in which a victim's pid is given to another worker, all in one pid
# namespace; the sweep's output and status are this script's. Between the two signals there is time enough.
perl "$1" "$2" workers=3 grow=0:80,1:60 ends=reuse:1 >&2 &
for _ in $(seq 300); do
  [ "$(cat "$2/ready" 2>/dev/null | wc -l)" -ge 3 ] && break
  sleep 0.05
done
"$3/kidreaper" reap --manager $! --limit 40M --pause 3s --json
