<?php
// events.php MB SIBLINGS: as events.c, in PHP.

ini_set('memory_limit', '-1');
set_time_limit(0);
pcntl_async_signals(true);
const PAGE = 4096;
const HUGE = 2 << 20;
const PROT_READ = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 0x1;
const MAP_PRIVATE = 0x2;
const MAP_ANONYMOUS = 0x20;
const MADV_FREE = 8;
const MADV_HUGEPAGE = 14;
const MADV_NOHUGEPAGE = 15;
const MADV_POPULATE_READ = 22;

$libc = FFI::cdef(
    'char *mmap(void *, size_t, int, int, int, long); int madvise(void *, size_t, int);
     void *memset(void *, int, size_t);
     int open(const char *, int, ...);',
    'libc.so.6'
);

$filled = str_repeat("\1", $argv[1] * 1024 * 1024);
// So that writing to a byte later does not copy the whole string.
$filled[0] = "\2";

$siblings = [];
for ($i = 0; $i < $argv[2]; $i++) {
    $sibling = pcntl_fork();
    if ($sibling === 0) {
        sleep(300);
        exit(0);
    }
    $siblings[] = $sibling;
}
$ends = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$worker = pcntl_fork();
if ($worker < 0) {
    exit(71);
}
if ($worker > 0) {
    pcntl_signal(SIGUSR1, function () use (&$filled, $ends) {
        $filled = null;
        fwrite($ends[0], '.');
    }, false); // so that the wait below comes back for it
    echo "worker $worker\n";
    do {
        $ended = pcntl_wait($status);
    } while ($ended !== $worker && ($ended > 0 || pcntl_get_last_error() === PCNTL_EINTR));
    foreach ($siblings as $sibling) {
        posix_kill($sibling, SIGKILL);
    }
    exit(0);
}

function fresh(int $bytes, int $protection, int $flags, int $fd): FFI\CData
{
    return $GLOBALS['libc']->mmap(null, $bytes, $protection, $flags, $fd, 0);
}

function advise(FFI\CData $at, int $bytes, int $advice): void
{
    if ($GLOBALS['libc']->madvise($at, $bytes, $advice) !== 0) {
        exit(71);
    }
}

function plain(int $bytes): FFI\CData
{
    $at = fresh($bytes, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    advise($at, $bytes, MADV_NOHUGEPAGE);
    $GLOBALS['libc']->memset($at, 1, $bytes);
    return $at;
}

/** A process that waits to be reaped has let go of its memory. */
function endSiblings(): void
{
    global $siblings;
    foreach ($siblings as $sibling) {
        posix_kill($sibling, SIGKILL);
        while (($statm = @file_get_contents("/proc/$sibling/statm")) && $statm[0] !== '0') {
            usleep(10000);
        }
    }
    $siblings = [];
}

$cowAt = PAGE;
$kept = [];
while (($line = fgets(STDIN)) !== false) {
    [$what, $kilobytes] = explode(' ', trim($line) . ' 0');
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
        case 'huge':
            $at = fresh($bytes + HUGE, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
            $at += HUGE - FFI::cast('size_t', $at)->cdata % HUGE;
            advise($at, $bytes, MADV_HUGEPAGE);
            for ($in = 0; $in < $bytes; $in += HUGE) {
                $libc->memset($at + $in, 1, 1);
            }
            break;
        case 'file':
            $name = tempnam(sys_get_temp_dir(), 'events');
            $file = fopen($name, 'w');
            for ($block = str_repeat('x', 65536), $left = $bytes; $left > 0; $left -= 65536) {
                fwrite($file, $block);
            }
            fclose($file);
            $fd = $libc->open($name, 0);
            unlink($name);
            advise(fresh($bytes, PROT_READ, MAP_PRIVATE, $fd), $bytes, MADV_POPULATE_READ);
            break;
        case 'lazy':
            advise(plain($bytes), $bytes, MADV_FREE);
            break;
        case 'shm':
            $libc->memset(fresh($bytes, PROT_READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1), 1, $bytes);
            break;
        case 'siblings':
            endSiblings();
            break;
        case 'unmap':
            endSiblings();
            posix_kill(posix_getppid(), SIGUSR1);
            fread($ends[1], 1);
            break;
    }
    echo "ok\n";
}
