<?php
header('Content-Type: text/plain');
switch ($_SERVER['QUERY_STRING']) {
    case '1KB': echo str_repeat('x', 1 << 10); break;
    case '1MB': echo str_repeat('x', 1 << 20); break;
    default: echo 'hello';
}
