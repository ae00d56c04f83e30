/* The libfcgi program of the comparison: as many processes as asked, accepting from descriptor 0. */
#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char megabyte[1 << 20];
    int processes = argc > 1 ? atoi(argv[1]) : 1;
    FCGX_Request request;

    memset(megabyte, 'x', sizeof megabyte);
    for (int i = 1; i < processes; i++)
        if (fork() == 0)
            break;
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        const char *query = FCGX_GetParam("QUERY_STRING", request.envp);

        FCGX_PutS("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n", request.out);
        if (query && strcmp(query, "1KB") == 0)
            FCGX_PutStr(megabyte, 1 << 10, request.out);
        else if (query && strcmp(query, "1MB") == 0)
            FCGX_PutStr(megabyte, 1 << 20, request.out);
        else
            FCGX_PutS("hello", request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
