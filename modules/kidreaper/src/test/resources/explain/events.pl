# events.pl MB SIBLINGS: as events.c, in Perl.

use strict;
use warnings;
use IO::Handle;
use Errno;

require 'syscall.ph';

use constant {
    PAGE => 4096,
    HUGE => 2 << 20,
    PROT_READ => 1,
    PROT_READ_WRITE => 3,
    MAP_SHARED => 0x1,
    MAP_PRIVATE => 0x2,
    MAP_ANONYMOUS => 0x20,
    MADV_FREE => 8,
    MADV_HUGEPAGE => 14,
    MADV_NOHUGEPAGE => 15,
    MADV_POPULATE_READ => 22,
};

$| = 1;
alarm 300;
open my $zero, '<', '/dev/zero' or die "/dev/zero: $!";
my $filled = '';
vec($filled, $ARGV[0] * 1024 * 1024 - 1, 8) = 1;
for (my $at = 0; $at < length $filled; $at += PAGE) { substr($filled, $at, 1) = "\1" }

my @siblings;
for (1 .. $ARGV[1]) {
    my $sibling = fork // die "fork: $!";
    if (!$sibling) {
        alarm 300;
        sleep 300;
        exit 0;
    }
    push @siblings, $sibling;
}
pipe my $unmapped, my $done or die "pipe: $!";
my $worker = fork // die "fork: $!";
if ($worker) {
    $SIG{USR1} = sub { undef $filled; syswrite $done, '.' };
    print "worker $worker\n";
    while ((my $ended = wait) != $worker) { last if $ended < 0 && !$!{EINTR} }
    kill KILL => @siblings;
    exit 0;
}
alarm 300;
my $cow_at = PAGE;
my @kept;

sub fresh {
    my ($bytes, $protection, $flags, $fd) = @_;
    my $at = syscall(SYS_mmap(), 0, $bytes, $protection, $flags, $fd, 0);
    die "mmap: $!" if $at == -1;
    return $at;
}

sub advise { syscall(SYS_madvise(), @_) == 0 or die "madvise @_: $!" }

# The kernel writes zeros there, which is as good as writing.
sub touch {
    my ($at, $bytes) = @_;
    while ($bytes > 0) {
        my $written = syscall(SYS_read(), fileno $zero, $at, $bytes);
        die "read: $!" if $written <= 0;
        $at += $written;
        $bytes -= $written;
    }
}

sub plain {
    my $at = fresh($_[0], PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    advise($at, $_[0], MADV_NOHUGEPAGE);
    touch($at, $_[0]);
    return $at;
}

sub end_siblings {
    kill KILL => @siblings;
    # A process that waits to be reaped has let go of its memory.
    for my $sibling (@siblings) {
        select undef, undef, undef, 0.01 while mapped($sibling);
    }
    @siblings = ();
}

sub mapped {
    open my $statm, '<', "/proc/$_[0]/statm" or return 0;
    return (<$statm> // '0') !~ /^0 /;
}

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
    huge  => sub {
        my $at = fresh($_[0] + HUGE, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        $at += HUGE - $at % HUGE;
        advise($at, $_[0], MADV_HUGEPAGE);
        for (my $in = 0; $in < $_[0]; $in += HUGE) { touch($at + $in, 1) }
    },
    file => sub {
        open my $file, '+>', undef or die "a file: $!";
        # In pieces: Perl keeps what it has once made room for.
        my $block = 'x' x 65536;
        print $file $block for 1 .. $_[0] / length $block;
        $file->flush;
        my $at = fresh($_[0], PROT_READ, MAP_PRIVATE, fileno $file);
        advise($at, $_[0], MADV_POPULATE_READ);
    },
    lazy => sub { advise(plain($_[0]), $_[0], MADV_FREE) },
    shm  => sub { touch(fresh($_[0], PROT_READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1), $_[0]) },
    siblings => \&end_siblings,
    unmap    => sub {
        end_siblings();
        kill USR1 => getppid;
        sysread $unmapped, my $dot, 1;
    },
);
while (my $line = <STDIN>) {
    my ($what, $kilobytes) = split ' ', $line;
    $events{$what}->(($kilobytes || 0) * 1024);
    print "ok\n";
}
