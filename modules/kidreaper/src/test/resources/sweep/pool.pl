#!/usr/bin/perl
# pool.pl DIR KEY=VALUE...: a small prefork manager whose workers only wait, and which misbehaves as told:
#
#   workers=N          how many
#   grow=I:MB,I:MB     how large worker I of the first generation is, beyond the others
#   hup=exit           a worker leaves on HUP
#   hup=ignore         it stays
#   hup=drain:SECONDS  it leaves after that time
#   hup=rename:PID     it writes PID into the pidfile, and leaves
#   ends=replace       the manager starts another for a worker that ended
#   ends=leave         it does not
#   ends=die           it ends itself
#   ends=reuse:I       it does, and then ends worker I and starts another with the very same pid
#   life=MILLIS        workers leave by themselves after that time
#   kids=1             each worker has a child of its own, until there is a file DIR/kids-end
#
# Its workers wait at DIR/socket for connections, of which none comes. It writes DIR/pool.pid; DIR/ready, a
# line "PID I" for each worker that is ready; and DIR/signals, a line "MILLIS PID NAME" for each signal that
# the manager or a worker got.

use strict;
use warnings;

use Fcntl qw(O_WRONLY O_APPEND O_CREAT);
use IO::Socket::UNIX;
use POSIX qw(_exit);
use Socket qw(SOCK_STREAM);
use Time::HiRes qw(sleep clock_gettime CLOCK_MONOTONIC);

use constant LIFE_LIMIT_SECONDS => 300;
use constant REUSE_TRIES        => 200;

my ($dir, @words) = @ARGV;
my %option = (workers => 3, grow => '', hup => 'exit', ends => 'replace', life => 0, kids => 0,
    map { split /=/, $_, 2 } @words);
my %grow_mb = map { split /:/ } split /,/, $option{grow};
my ($hup,  $hup_value)  = split /:/, $option{hup};
my ($ends, $ends_value) = split /:/, $option{ends};

sysopen my $signals, "$dir/signals", O_WRONLY | O_APPEND | O_CREAT or die "$dir/signals: $!";
sysopen my $ready,   "$dir/ready",   O_WRONLY | O_APPEND | O_CREAT or die "$dir/ready: $!";

# A worker is at the boundary when it waits for a connection, so it needs somewhere to wait.
my $listener = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => "$dir/socket", Listen => 8)
    or die "$dir/socket: $!";
vec(my $listening = '', fileno $listener, 1) = 1;

sub record {
    my ($name) = @_;
    syswrite $signals, sprintf "%d %d %s\n", clock_gettime(CLOCK_MONOTONIC) * 1000, $$, $name;
    return;
}

# Written aside and renamed, so that nobody reads half of it.
sub write_pidfile {
    my ($pid) = @_;
    open my $file, '>', "$dir/pool.pid.new" or die "$dir/pool.pid.new: $!";
    print $file "$pid\n";
    close $file or die "$dir/pool.pid.new: $!";
    rename "$dir/pool.pid.new", "$dir/pool.pid" or die "$dir/pool.pid: $!";
    return;
}

# It holds the worker's socket and memory, and is nobody that serves.
sub have_child {
    my $worker = $$;
    return if fork // die "fork: $!";
    for my $name (qw(HUP INT QUIT TERM USR1 USR2)) {
        $SIG{$name} = sub { record("$name of a worker's child") };
    }
    open my $born, '>>', "$dir/kids" or die "$dir/kids: $!";
    print $born "$$\n";
    close $born or die "$dir/kids: $!";
    sleep 0.05 until -e "$dir/kids-end" || getppid() != $worker;
    _exit(0);
}

sub work {
    my ($index, $mb) = @_;
    my $leave = 0;
    $SIG{HUP} = sub {
        record('HUP');
        write_pidfile($hup_value) if $hup eq 'rename';
        $leave = 1                if $hup ne 'ignore';
    };
    my $memory = '';
    # What it has before is its child's as well, and so not private.
    have_child() if $option{kids};
    vec($memory, $mb * 1024 * 1024 - 1, 8) = 1 if $mb;
    syswrite $ready, "$$ $index\n";
    my $until = clock_gettime(CLOCK_MONOTONIC)
        + ($option{life} ? $option{life} / 1000 : LIFE_LIMIT_SECONDS);
    while (!$leave && (my $left = $until - clock_gettime(CLOCK_MONOTONIC)) > 0) {
        select my $readable = $listening, undef, undef, $left < 0.1 ? $left : 0.1;
    }
    sleep($hup_value) if $leave && $hup eq 'drain';
    _exit(0);
}

my %index_of;

sub start {
    my ($index, $mb) = @_;
    my $pid = fork // die "fork: $!";
    work($index, $mb) if !$pid;
    $index_of{$pid} = $index;
    return $pid;
}

# /proc/sys/kernel/ns_last_pid sets what the next fork of this pid namespace comes to, unless some other
# process forks first.
sub reuse_pid_of {
    my ($index) = @_;
    my ($pid) = grep { $index_of{$_} == $index } keys %index_of;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    delete $index_of{$pid};
    for (1 .. REUSE_TRIES) {
        open my $last, '>', '/proc/sys/kernel/ns_last_pid' or die "ns_last_pid: $!";
        print $last $pid - 1;
        close $last or die "ns_last_pid: $!";
        my $got = start($index, 0);
        if ($got == $pid) {
            open my $done, '>', "$dir/reused" or die "$dir/reused: $!";
            return;
        }
        kill 'KILL', $got;
        waitpid $got, 0;
        delete $index_of{$got};
    }
    die "pid $pid could not be had again";
}

for my $name (qw(HUP INT QUIT TERM USR1 USR2)) {
    $SIG{$name} = sub { record($name) };
}
write_pidfile($$);
start($_, $grow_mb{$_} // 0) for 0 .. $option{workers} - 1;
my $end = clock_gettime(CLOCK_MONOTONIC) + LIFE_LIMIT_SECONDS;
while (clock_gettime(CLOCK_MONOTONIC) < $end) {
    my $pid = waitpid -1, 0;
    if ($pid <= 0) {
        sleep 0.1;
        next;
    }
    my $index = delete $index_of{$pid};
    _exit(0)          if $ends eq 'die';
    start($index, 0)  if $ends ne 'leave';
    if ($ends eq 'reuse') {
        reuse_pid_of($ends_value);
        $ends = 'replace';
    }
}
