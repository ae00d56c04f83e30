package TestBed::Controller::Root;

use Moose;
use namespace::autoclean;

use Bed;

BEGIN { extends 'Catalyst::Controller' }

__PACKAGE__->config(namespace => '');

sub hello : Local { $_[0]->_answer($_[1], Bed::hello()) }

sub echo : Local {
    my ($self, $c) = @_;
    my $q = $c->request->query_parameters;
    return $self->_answer($c, Bed::echo($q->{bytes}, $q->{seed}));
}

sub stream : Local {
    my ($self, $c) = @_;
    my $q    = $c->request->query_parameters;
    my $next = Bed::stream($q->{chunks}, $q->{millis});
    $c->response->content_type('text/plain');
    my $writer = $c->response->write_fh;
    while (defined(my $chunk = $next->())) {
        $writer->write($chunk);
    }
    $writer->close;
    return;
}

sub leak : Local {
    my ($self, $c) = @_;
    return $self->_answer($c, Bed::leak($c->request->query_parameters->{kb}));
}

sub unshare : Local {
    my ($self, $c) = @_;
    return $self->_answer($c, Bed::unshare($c->request->query_parameters->{kb}));
}

sub pid : Local { $_[0]->_answer($_[1], Bed::pid()) }

sub sum : Local {
    my ($self, $c) = @_;
    my $body  = $c->request->body;
    my $bytes = $body ? do { local $/; readline $body } : '';
    return $self->_answer($c, Bed::sum($bytes));
}

sub default : Path {
    my ($self, $c) = @_;
    $c->response->status(404);
    $c->response->body("not found\n");
    return;
}

sub _answer {
    my ($self, $c, $bytes) = @_;
    $c->response->content_type('application/octet-stream');
    $c->response->body($bytes);
    return;
}

__PACKAGE__->meta->make_immutable;

1;
