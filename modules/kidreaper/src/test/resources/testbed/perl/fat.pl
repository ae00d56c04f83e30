#!/usr/bin/perl
# fat.pl: a FastCGI worker that needs 64 MiB before it serves.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use Bed;
use BedFcgi;
use FCGI;

Bed::preload();
Bed::unshare(64 * 1024);

my %env;
my $request = FCGI::Request(\*STDIN, \*STDOUT, \*STDERR, \%env);
while ($request->Accept >= 0) {
    BedFcgi::respond($request, \%env);
    $request->Finish;
}
