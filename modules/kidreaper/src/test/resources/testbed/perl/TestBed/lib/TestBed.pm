package TestBed;

use Moose;
use namespace::autoclean;

use Catalyst::Runtime 5.90;
use Catalyst;

use Bed;

extends 'Catalyst';

our $VERSION = '0.01';

__PACKAGE__->config(
    name => 'TestBed',
    disable_component_resolution_regex_fallback => 1,
    enable_catalyst_header => 1,
    encoding => undef,
);

__PACKAGE__->setup;

# Here, since the application is loaded before FCGI::ProcManager forks the workers.
Bed::preload();

1;
