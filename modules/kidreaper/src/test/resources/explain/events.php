<?php
// events.php MB: as events.c, in PHP: cow, alloc, frag and churn.

ini_set('memory_limit', '-1');
set_time_limit(0);
const PAGE = 4096;

$filled = str_repeat("\1", $argv[1] * 1024 * 1024);
// So that writing to a byte later does not copy the whole string.
$filled[0] = "\2";

$worker = pcntl_fork();
if ($worker < 0) {
    exit(71);
}
if ($worker > 0) {
    echo "worker $worker\n";
    pcntl_waitpid($worker, $status);
    exit(0);
}
$cowAt = PAGE;
$kept = [];
while (($line = fgets(STDIN)) !== false) {
    [$what, $kilobytes] = explode(' ', trim($line));
    $bytes = $kilobytes * 1024;
    switch ($what) {
        case 'cow':
            for ($left = $bytes; $left > 0 && $cowAt < strlen($filled); $left -= PAGE) {
                $filled[$cowAt] = "\2";
                $cowAt += PAGE;
            }
            break;
        case 'alloc':
            $kept[] = str_repeat('x', $bytes);
            break;
        case 'frag':
            $blocks = [];
            for ($i = 0; $i < $bytes / 1024; $i++) {
                $blocks[] = str_repeat('x', 1000) . $i;
            }
            for ($i = 0; $i < count($blocks); $i += 8) {
                $kept[] = $blocks[$i];
            }
            unset($blocks);
            break;
        case 'churn':
            $gone = str_repeat('x', $bytes);
            unset($gone);
            break;
    }
    echo "ok\n";
}
