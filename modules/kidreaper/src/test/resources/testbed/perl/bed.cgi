#!/usr/bin/perl
# bed.cgi: the answers of the test bed by plain CGI, one process a request.

use strict;
use warnings;

use FindBin;
use lib $FindBin::Bin;

use Bed;

$| = 1;
binmode STDIN;
binmode STDOUT;

sub read_body {
    my $body = '';
    while (length $body < ($ENV{CONTENT_LENGTH} || 0)) {
        read(STDIN, $body, $ENV{CONTENT_LENGTH} - length $body, length $body) or last;
    }
    return $body;
}

my $answer = Bed::answer($ENV{PATH_INFO}, $ENV{QUERY_STRING}, \&read_body);
if (!defined $answer) {
    print "Status: 404 Not Found\r\nContent-Length: 0\r\n\r\n";
}
elsif (ref $answer) {
    print "Content-Type: text/plain\r\n\r\n";
    while (defined(my $chunk = $answer->())) { print $chunk }
}
else {
    print "Content-Type: application/octet-stream\r\nContent-Length: ", length $answer, "\r\n\r\n",
        $answer;
}
