# The PSGI application, for starman and Starlet.

use strict;
use warnings;

use Bed;

Bed::preload();

sub read_body {
    my ($env) = @_;
    my $length = $env->{CONTENT_LENGTH} || 0;
    my $body   = '';
    while (length $body < $length) {
        my $read = $env->{'psgi.input'}->read($body, $length - length $body, length $body);
        last if !$read;
    }
    return $body;
}

my $application = sub {
    my ($env) = @_;
    my $answer = Bed::answer($env->{PATH_INFO}, $env->{QUERY_STRING}, sub { read_body($env) });
    return [404, ['Content-Length' => 0], []] if !defined $answer;
    if (ref $answer) {
        return sub {
            my ($respond) = @_;
            my $writer = $respond->([200, ['Content-Type' => 'text/plain']]);
            while (defined(my $chunk = $answer->())) {
                $writer->write($chunk);
            }
            $writer->close;
        };
    }
    return [200,
        ['Content-Type' => 'application/octet-stream', 'Content-Length' => length $answer],
        [$answer]];
};

$application;
