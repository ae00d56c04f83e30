#!/usr/bin/perl
# worker.pl: takes one line a connection, on descriptor 0 and on any further listening socket from 3 on, and
# answers with one line. No handler is set for any signal, so one that arrives within a request cuts it.

use strict;
use warnings;

use IO::Handle;

$| = 1;
STDERR->autoflush(1);

my @sockets;
for my $fd (0, 3 .. 9) {
    next unless (readlink("/proc/self/fd/$fd") // '') =~ /^socket:/;
    open my $socket, '+<&=', $fd or die "descriptor $fd: $!\n";
    push @sockets, $socket;
}

sub next_socket {
    return $sockets[0] if @sockets == 1;
    my $all = '';
    vec($all, fileno $_, 1) = 1 for @sockets;
    select my $ready = $all, undef, undef, undef;
    return (grep { vec $ready, fileno $_, 1 } @sockets)[0];
}

# So many numbered lines, or lines for so many seconds; how many is the answer.
sub shout {
    my ($lines, $seconds) = @_;
    my $end = time + ($seconds // 1e9);
    my $said = 0;
    while ($said < $lines && time < $end) {
        print "line $said of $$ and so on and so forth\n";
        $said++;
    }
    return $said;
}

while (1) {
    accept my $connection, next_socket() or next;
    my $line = <$connection> // next;
    chomp $line;
    my ($word, $rest) = split / /, $line, 2;
    my $answer
        = $word eq 'sleep'     ? select(undef, undef, undef, $rest / 1000)
        : $word eq 'err'       ? print STDERR "$rest\n"
        : $word eq 'shout'     ? shout($rest)
        : $word eq 'shout-for' ? shout(1e9, $rest)
        :                        0;
    if ($word eq 'crash') {
        print STDERR "something is wrong\nI cannot go on\n";
        exit 3;
    }
    $connection->print("$$ $answer\n");
}
