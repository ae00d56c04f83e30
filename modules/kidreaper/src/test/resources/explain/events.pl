# events.pl MB: as events.c, in Perl: cow, alloc, frag and churn.

use strict;
use warnings;

use constant PAGE => 4096;

$| = 1;
alarm 300;
my $filled = '';
vec($filled, $ARGV[0] * 1024 * 1024 - 1, 8) = 1;
for (my $at = 0; $at < length $filled; $at += PAGE) { substr($filled, $at, 1) = "\1" }

my $worker = fork // die "fork: $!";
if ($worker) {
    print "worker $worker\n";
    waitpid $worker, 0;
    exit 0;
}
alarm 300;
my $cow_at = PAGE;
my @kept;

my %events = (
    cow => sub {
        for (my $left = $_[0]; $left > 0 && $cow_at < length $filled; $left -= PAGE) {
            substr($filled, $cow_at, 1) = "\2";
            $cow_at += PAGE;
        }
    },
    alloc => sub { push @kept, ''; vec($kept[-1], $_[0] - 1, 8) = 1 },
    frag  => sub {
        my @blocks = map { 'x' x 1000 . $_ } 1 .. $_[0] / 1024;
        push @kept, map { $blocks[$_ * 8] } 0 .. $#blocks / 8;
    },
    churn => sub { my $gone = ''; vec($gone, $_[0] - 1, 8) = 1 },
);
while (my $line = <STDIN>) {
    my ($what, $kilobytes) = split ' ', $line;
    $events{$what}->($kilobytes * 1024);
    print "ok\n";
}
