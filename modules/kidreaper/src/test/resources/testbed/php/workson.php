<?php
// Answers, lets go of the connection, and works on: waits for something that is no request, by sleep or by
// select on a pipe, and writes down that it has finished.

$how = $_GET['how'];
$done = $_GET['done'];
echo "answered\n";
fastcgi_finish_request();
if ($how === 'sleep') {
    usleep(1500 * 1000);
} else {
    [$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    for ($i = 0; $i < 3; $i++) {
        $read = [$ours];
        $none = null;
        stream_select($read, $none, $none, 0, 500 * 1000);
    }
}
file_put_contents($done, getmypid() . "\n");
