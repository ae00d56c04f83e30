#!/usr/bin/perl
# procmanager.pl SOCKET WORKERS PIDFILE: the plain way to use FCGI::ProcManager.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use Bed;
use BedFcgi;
use FCGI;
use FCGI::ProcManager;

my ($listen, $workers, $pidfile) = @ARGV;

Bed::preload();
my $socket  = FCGI::OpenSocket($listen, 1024);
my %env;
my $request = FCGI::Request(\*STDIN, \*STDOUT, \*STDERR, \%env, $socket);
my $manager = FCGI::ProcManager->new({ n_processes => $workers, pid_fname => $pidfile });

$manager->pm_manage;
while ($request->Accept >= 0) {
    $manager->pm_pre_dispatch;
    BedFcgi::respond($request, \%env);
    $request->Finish;
    $manager->pm_post_dispatch;
}
