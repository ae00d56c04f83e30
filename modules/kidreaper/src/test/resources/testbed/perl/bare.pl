#!/usr/bin/perl
# bare.pl [ignore]: a FastCGI worker without a manager of its own; the listening socket is its
# standard input. With "ignore" it ignores every signal that can be ignored.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use BedFcgi;
use Config;
use FCGI;

my %env;
my $request = FCGI::Request(\*STDIN, \*STDOUT, \*STDERR, \%env);

if (($ARGV[0] // '') eq 'ignore') {
    for my $signal (split ' ', $Config{sig_name}) {
        # KILL and STOP cannot be ignored, 32 and 33 belong to the C library, ZERO is none.
        next if $signal =~ /^(?:ZERO|KILL|STOP|NUM3[23])$/;
        $SIG{$signal} = 'IGNORE';
    }
}

while ($request->Accept >= 0) {
    BedFcgi::respond($request, \%env);
    $request->Finish;
}
