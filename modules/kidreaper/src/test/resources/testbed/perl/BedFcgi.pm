package BedFcgi;

# Answers one FastCGI request that FCGI.pm has accepted.

use strict;
use warnings;

use Bed;

sub _read_body {
    my ($length) = @_;
    my $body = '';
    while (length $body < $length) {
        my $read = read STDIN, $body, $length - length $body, length $body;
        last if !$read;
    }
    return $body;
}

sub respond {
    my ($request, $env) = @_;
    my $answer = Bed::answer($env->{PATH_INFO}, $env->{QUERY_STRING},
        sub { _read_body($env->{CONTENT_LENGTH} || 0) });
    if (!defined $answer) {
        print "Status: 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    }
    elsif (ref $answer) {
        print "Content-Type: text/plain\r\n\r\n";
        while (defined(my $chunk = $answer->())) {
            print $chunk;
            $request->Flush;
        }
    }
    else {
        print "Content-Type: application/octet-stream\r\nContent-Length: ", length $answer,
            "\r\n\r\n", $answer;
    }
    return;
}

1;
