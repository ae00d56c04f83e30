package BedModPerl;

# The mod_perl response handler. Apache loads it before it forks its workers.

use strict;
use warnings;

use Apache2::Const -compile => qw(OK NOT_FOUND);
use Apache2::RequestIO ();
use Apache2::RequestRec ();
use APR::Table ();
use Bed;

Bed::preload();

sub _read_body {
    my ($r) = @_;
    my $length = $r->headers_in->{'Content-Length'} || 0;
    my $body   = '';
    while (length $body < $length) {
        my $read = $r->read($body, $length - length $body, length $body);
        last if !$read;
    }
    return $body;
}

sub handler {
    my ($r) = @_;
    my $answer = Bed::answer($r->uri, $r->args, sub { _read_body($r) });
    return Apache2::Const::NOT_FOUND if !defined $answer;
    if (ref $answer) {
        $r->content_type('text/plain');
        while (defined(my $chunk = $answer->())) {
            $r->print($chunk);
            $r->rflush;
        }
    }
    else {
        $r->content_type('application/octet-stream');
        $r->headers_out->set('Content-Length' => length $answer);
        $r->print($answer);
    }
    return Apache2::Const::OK;
}

1;
