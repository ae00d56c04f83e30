#!/usr/bin/perl
# testbed_fastcgi.pl -l SOCKET -n WORKERS -p PIDFILE: as every Catalyst application has one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/../..";

use Catalyst::ScriptRunner;

Catalyst::ScriptRunner->run('TestBed', 'FastCGI');
