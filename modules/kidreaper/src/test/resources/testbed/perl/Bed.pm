package Bed;

# The answers of every Perl application of the test bed. Route.java says what each has to be.

use strict;
use warnings;

use Compress::Raw::Zlib ();

use constant {
    MULTIPLIER     => 2_654_435_761,
    PAGE_BYTES     => 4096,
    PRELOADED_BYTES => 64 * 1024 * 1024,
};

my $preloaded = '';
my $unshared_bytes = 0;
my @leaked;

# Memory is filled by vec: it grows the string where it is. "\1" x $n would leave a second,
# copy-on-write reference to the buffer with the operator, and the first write would copy it all.
sub _fill {
    my ($string, $bytes) = @_;
    vec($$string, $bytes - 1, 8) = 1;
    return;
}

# To be called before the workers are forked; without it there is no /unshare.
sub preload {
    _fill(\$preloaded, PRELOADED_BYTES);
    return;
}

sub hello { return "hello, world\n" }

sub echo {
    my ($bytes, $seed) = @_;
    my $words = int(($bytes + 3) / 4);
    return substr pack('N*', map { ($seed + $_ * MULTIPLIER) & 0xffff_ffff } 0 .. $words - 1),
        0, $bytes;
}

# A function that waits, then gives the next chunk, and undef after the last.
sub stream {
    my ($chunks, $millis) = @_;
    my $next = 0;
    return sub {
        return undef if $next >= $chunks;
        select undef, undef, undef, $millis / 1000;
        return sprintf "chunk %06d\n", $next++;
    };
}

sub leak {
    my ($kilobytes) = @_;
    push @leaked, '';
    _fill(\$leaked[-1], $kilobytes * 1024);
    return "leaked $kilobytes\n";
}

sub unshare {
    my ($kilobytes) = @_;
    return undef if $preloaded eq '';
    for (my $left = $kilobytes * 1024; $left > 0; $left -= PAGE_BYTES) {
        substr($preloaded, $unshared_bytes % PRELOADED_BYTES, 1) = "\2";
        $unshared_bytes += PAGE_BYTES;
    }
    return "unshared $kilobytes\n";
}

sub pid { return "$$\n" }

sub sum {
    my ($body) = @_;
    return length($body) . ' ' . Compress::Raw::Zlib::crc32($body) . "\n";
}

# The answer to a request: a string, a function as stream gives, or undef where there is none.
# $read_body is a function that gives the whole body.
sub answer {
    my ($path, $query, $read_body) = @_;
    my %q = map { split /=/, $_, 2 } split /&/, $query // '';
    return hello()                      if $path eq '/hello';
    return echo($q{bytes}, $q{seed})    if $path eq '/echo';
    return stream($q{chunks}, $q{millis}) if $path eq '/stream';
    return leak($q{kb})                 if $path eq '/leak';
    return unshare($q{kb})              if $path eq '/unshare';
    return pid()                        if $path eq '/pid';
    return sum($read_body->())          if $path eq '/sum';
    return undef;
}

1;
