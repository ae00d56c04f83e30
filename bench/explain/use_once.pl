# What using inherited data once before a fork saves: numbers that are read as text get a second form, in each worker anew.
use strict;
use warnings;

sub private_kb {
    open my $f, '<', '/proc/self/smaps_rollup' or die;
    my $sum = 0;
    while (<$f>) { $sum += $1 if /^Private_\w+:\s+(\d+)/ }
    return $sum;
}
$| = 1;
my @loaded = map { $_ * 3 } 1 .. 400_000;
sub request { my $length = 0; $length += length("$_") for @loaded; return $length }
request() if $ARGV[0] eq 'used';
my $pid = fork // die;
if (!$pid) {
    my $before = private_kb();
    request();
    printf "%-8s unshared by one request: %d KB\n", $ARGV[0], private_kb() - $before;
    require POSIX; POSIX::_exit(0);
}
waitpid $pid, 0;
