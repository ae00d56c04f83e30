# What compacting before a fork saves: private KB of a forked worker after it has made objects of its own.
def private_kb
  File.foreach("/proc/self/smaps_rollup").grep(/^Private_/).sum { |l| l.split[1].to_i }
end

loaded = Array.new(600_000) { |i| "string number #{i} of the application" }
loaded = loaded.each_with_index.select { |_, i| i % 3 == 0 }.map(&:first) # as a program that has loaded leaves holes
GC.start
if ARGV[0] == "compact"
  GC.compact
end
pid = fork do
  before = private_kb
  mine = Array.new(200_000) { |i| "a request's #{i}" }
  GC.start
  puts format("%-8s private after the same work: %d KB", ARGV[0], private_kb - before)
  $stdout.flush
  exit!(mine.size.zero? ? 1 : 0)
end
Process.wait(pid)
