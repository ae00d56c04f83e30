#!/usr/bin/perl
# listener.pl DIR KEY=VALUE...: a small prefork server whose workers wait in accept, and take a HUP as told:
#
#   workers=N    how many
#   hup=exit     a worker leaves
#   hup=ignore   it stays, and waits for the next request
#   hup=spin     it computes for ever, and holds no connection
#   title=TEXT   how its workers call themselves
#   helper=1     the manager's eldest child is no worker: it does not have the socket
#   socket=none  nobody has it once the pool is started
#
# A connection is held until the client closes it. It listens at DIR/socket, and writes to DIR/ready the pid
# of each worker that is about to wait, and to DIR/signals "MILLIS PID HUP" for each HUP that a worker got.

use strict;
use warnings;

use Fcntl qw(O_WRONLY O_APPEND O_CREAT);
use IO::Socket::UNIX;
use POSIX qw(_exit);
use Socket qw(SOCK_STREAM);
use Time::HiRes qw(sleep clock_gettime CLOCK_MONOTONIC);

use constant LIFE_LIMIT_SECONDS => 300;

my ($dir, @words) = @ARGV;
my %option = (workers => 2, hup => 'exit', title => '', helper => 0, socket => '', map { split /=/, $_, 2 } @words);

sysopen my $signals, "$dir/signals", O_WRONLY | O_APPEND | O_CREAT or die "$dir/signals: $!";
sysopen my $ready,   "$dir/ready",   O_WRONLY | O_APPEND | O_CREAT or die "$dir/ready: $!";
my $listener = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => "$dir/socket", Listen => 64)
    or die "$dir/socket: $!";
my $end = clock_gettime(CLOCK_MONOTONIC) + LIFE_LIMIT_SECONDS;

sub work {
    my $leave = 0;
    my $spin  = 0;
    $SIG{HUP} = sub {
        syswrite $signals, sprintf "%d %d HUP\n", clock_gettime(CLOCK_MONOTONIC) * 1000, $$;
        $leave = $option{hup} eq 'exit';
        $spin  = $option{hup} eq 'spin';
    };
    $0 = $option{title} if $option{title};
    syswrite $ready, "$$\n";
    if ($option{socket} eq 'none') {
        close $listener;
        sleep 0.1 while !$leave && clock_gettime(CLOCK_MONOTONIC) < $end;
        _exit(0);
    }
    while (!$leave) {
        1 while $spin && clock_gettime(CLOCK_MONOTONIC) < $end;
        _exit(1) if clock_gettime(CLOCK_MONOTONIC) >= $end;
        my $connection = $listener->accept or next;
        while (sysread $connection, my $bytes, 4096) { }
        close $connection;
    }
    _exit(0);
}

sub start {
    my $pid = fork // die "fork: $!";
    work() if !$pid;
    return;
}

sub help {
    close $listener;
    sleep 0.1 while getppid() != 1 && clock_gettime(CLOCK_MONOTONIC) < $end;
    _exit(0);
}

$SIG{TERM} = sub { _exit(0) };
if ($option{helper}) {
    my $pid = fork // die "fork: $!";
    help() if !$pid;
}
start() for 1 .. $option{workers};
close $listener if $option{socket} eq 'none';
while (clock_gettime(CLOCK_MONOTONIC) < $end) {
    if (waitpid(-1, 0) > 0) { start() }
    else                    { sleep 0.1 }
}
