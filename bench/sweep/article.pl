#!/usr/bin/perl
# What the cron script does that kidreaper replaces: asks ps for a process's children and sends HUP to those whose
# virtual size is too large, 10 seconds apart.
#
#   article.pl PPID BYTES
use strict;
use warnings;

my ($manager, $limit_bytes) = @ARGV;
die "usage: article.pl PPID BYTES\n" unless defined $limit_bytes;

open my $ps, '-|', 'ps', '-o', 'pid=,vsz=', '--ppid', $manager or die "ps: $!\n";
while (my $line = <$ps>) {
    my ($pid, $vsz_kilobytes) = $line =~ /(\d+)\s+(\d+)/ or next;
    next if $vsz_kilobytes * 1024 < $limit_bytes;
    kill 'HUP', $pid;
    sleep 10;
}
close $ps;
