<?php
// The PHP application, for php-fpm and php-cgi. Route.java says what each answer has to be.
//
// PHP gives a request's memory back when it ends, so /leak takes its memory from malloc itself. Nothing
// of a program is loaded before PHP forks, so there is no /unshare.

const MULTIPLIER = 2654435761;

function echo_words(int $bytes, int $seed): string
{
    $all = '';
    for ($i = 0; $i < intdiv($bytes + 3, 4); $i++) {
        $all .= pack('N', ($seed + $i * MULTIPLIER) & 0xffffffff);
    }
    return substr($all, 0, $bytes);
}

function stream(int $chunks, int $millis): void
{
    for ($i = 0; $i < $chunks; $i++) {
        usleep($millis * 1000);
        printf("chunk %06d\n", $i);
        flush();
    }
}

function leak(int $kilobytes): string
{
    $bytes = $kilobytes * 1024;
    // Not owned and persistent: from malloc, and never freed.
    $block = FFI::new("char[$bytes]", false, true);
    FFI::memset($block, 1, $bytes);
    return "leaked $kilobytes\n";
}

function sum(string $body): string
{
    return strlen($body) . ' ' . crc32($body) . "\n";
}

function send(string $answer): void
{
    header('Content-Type: application/octet-stream');
    header('Content-Length: ' . strlen($answer));
    echo $answer;
}

match (strtok($_SERVER['REQUEST_URI'], '?')) {
    '/hello' => send("hello, world\n"),
    '/echo' => send(echo_words((int) $_GET['bytes'], (int) $_GET['seed'])),
    '/stream' => stream((int) $_GET['chunks'], (int) $_GET['millis']),
    '/leak' => send(leak((int) $_GET['kb'])),
    '/pid' => send(getmypid() . "\n"),
    '/sum' => send(sum(file_get_contents('php://input'))),
    default => http_response_code(404),
};
