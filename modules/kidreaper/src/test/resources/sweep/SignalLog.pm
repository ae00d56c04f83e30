package SignalLog;

# Loaded before a FCGI::ProcManager application (PERL5OPT=-MSignalLog): every signal that its manager or a
# worker handles is written to the file SIGNAL_LOG, "MILLIS PID NAME" a line, and then handled as ever.

use strict;
use warnings;

use FCGI::ProcManager;
use Fcntl qw(O_WRONLY O_APPEND O_CREAT);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

sysopen my $log, $ENV{SIGNAL_LOG}, O_WRONLY | O_APPEND | O_CREAT or die "$ENV{SIGNAL_LOG}: $!";

my $handle = \&FCGI::ProcManager::sig_sub;

{
    no warnings 'redefine';
    *FCGI::ProcManager::sig_sub = sub {
        syswrite $log, sprintf "%d %d %s\n", clock_gettime(CLOCK_MONOTONIC) * 1000, $$, $_[0];
        goto &$handle;
    };
}

1;
